/* The crosshair of the statistics page: what is under the pointer, beside it, at once.

Optional. Without this script browsers show the same words after a moment, and the table below each
chart has all of them. */
(() => {
  "use strict";

  const tip = document.createElement("div");
  tip.className = "share-tip";
  tip.hidden = true;
  tip.setAttribute("aria-hidden", "true"); // the table says it to those who listen

  function words(mark) {
    const title = mark.querySelector("title");
    if (title) {
      mark.dataset.words = title.textContent;
      title.remove(); // or the browser would say it a second time
    }
    return mark.dataset.words;
  }

  function show(event) {
    const mark = event.target.closest?.(".share-point, .share-heat rect");
    const text = mark && words(mark);
    tip.hidden = !text;
    if (!text) return;
    tip.textContent = text;
    const box = tip.getBoundingClientRect();
    const left = Math.min(event.clientX + 14, document.documentElement.clientWidth - box.width - 8);
    tip.style.left = `${Math.max(left, 8)}px`;
    tip.style.top = `${Math.max(event.clientY - box.height - 14, 8)}px`;
  }

  function hide() {
    tip.hidden = true;
  }

  for (const chart of document.querySelectorAll(".share-chart")) {
    chart.addEventListener("pointermove", show);
    chart.addEventListener("pointerdown", show);
    chart.addEventListener("pointerleave", hide);
  }
  document.addEventListener("scroll", hide, { passive: true, capture: true });
  document.body.append(tip);

  // Addresses without what was left empty, so that they are worth keeping.
  document.querySelector(".share-form")?.addEventListener("submit", (event) => {
    const { days, from, to } = event.target.elements;
    for (const field of event.target.elements) {
      const unused = days.value !== "custom" && (field === from || field === to);
      if (field.name && (!field.value || unused)) field.disabled = true;
    }
  });
  // Coming back, the form must work again, and say what the page shows.
  addEventListener("pageshow", () => {
    document.querySelector(".share-form")?.reset();
    for (const field of document.querySelectorAll(".share-form :disabled")) field.disabled = false;
  });
})();
