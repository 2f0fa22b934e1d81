// Reports, for one page view in so many, which placements of buttons came into sight.
(() => {
  "use strict";
  const { links, newId, send, allows } = window.shareAnalytics ?? {};
  if (!links || links.views || !window.IntersectionObserver) return;
  links.views = true;

  let path; // of the page view
  let sample; // of how many page views one is asked, as the page says
  let isAsked; // this one
  let seen, reported;

  const eye = new IntersectionObserver(
    (entries) => {
      turn();
      if (document.hidden || document.prerendering) return;
      for (const { intersectionRatio, target } of entries) {
        if (intersectionRatio >= 0.5 && target.isConnected) seen.add(target.dataset.sharePlacement);
      }
    },
    { threshold: 0.5 },
  );

  // Once for each placement of a page view, when the visitor turns away.
  function report() {
    const placements = [...seen].filter((placement) => !reported.has(placement));
    const url = document.querySelector("[data-impressions-url]")?.dataset.impressionsUrl;
    if (!isAsked || !placements.length || !url || !allows()) return;
    reported = new Set(seen);
    send(url, JSON.stringify({ placements, id: newId(), sample }));
  }

  function begin() {
    path = location.pathname;
    seen = new Set();
    reported = new Set();
    const { dataset } = document.querySelector("[data-impression-sample]") ?? {};
    sample = dataset?.impressionSample;
    isAsked = Math.random() * sample < 1;
  }

  // Turbo, htmx and routers go to another page in the same document.
  function turn() {
    if (path === location.pathname) return;
    report();
    begin();
  }

  function watch() {
    turn();
    if (!isAsked) return;
    for (const box of document.querySelectorAll("[data-share-placement]")) eye.observe(box);
  }

  // What is in sight already is told anew.
  function wake() {
    eye.disconnect();
    watch();
  }

  begin();
  watch();
  new MutationObserver(watch).observe(document, { childList: true, subtree: true });
  document.addEventListener("prerenderingchange", wake);
  document.addEventListener("visibilitychange", () => (document.hidden ? report() : wake()));
  addEventListener("pagehide", () => report());
  addEventListener("pageshow", ({ persisted }) => {
    if (persisted) begin();
    wake();
  });
})();
