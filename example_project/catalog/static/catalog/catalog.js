// "Get it" is what the store wants of visitors: those who came by a share's link count as conversions.
addEventListener("click", ({ target }) => {
  const button = target.closest?.("[data-goal]");
  if (!button) return;
  button.textContent = button.dataset.done;
  button.disabled = true;
  window.shareAnalytics?.converted?.(button.dataset.goal);
});
