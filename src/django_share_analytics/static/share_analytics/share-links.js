// Reports once who comes by the link of a share, and names it in what they share.
(() => {
  "use strict";
  const { links, newId, send, allows } = window.shareAnalytics ?? {};
  if (!allows || links.look) return;

  // Of this tab. By code: 1, reported; 2, minted here. By path: the code by which one came there.
  // `last`: whose the conversions are. `next`: not reported yet.
  const KEY = "share-analytics-links";
  let memory = "{}"; // where storage is blocked, or the visitor has not agreed
  function keep(change) {
    try {
      if (allows()) memory = sessionStorage.getItem(KEY) ?? memory;
    } catch {}
    const state = { ...JSON.parse(memory), ...change };
    memory = JSON.stringify(state);
    try {
      if (change && allows()) sessionStorage.setItem(KEY, memory);
    } catch {}
    return state;
  }

  const find = (name) => document.querySelector(`[data-${name}]`)?.dataset;

  function report(code, what, more) {
    const url = find("visits-url")?.visitsUrl.replace("{code}/visits", `${code}/${what}`);
    if (url) send(url, JSON.stringify({ ...more, id: newId() }));
  }

  let { next } = keep();
  let tapped, from;
  let stays; // the document does, and its head may be an earlier page's

  // A visit is one once somebody sees a page that names its app.
  function look() {
    if (tapped && location.href !== from && !location.href.includes(tapped)) {
      stays = true;
      arrived(tapped);
    }
    if (!next || !allows() || document.hidden || document.prerendering) return;
    const head = find("share-app")?.shareApp;
    const box = find("app-id")?.appId;
    const appId = (stays && box) || head || box;
    if (!appId) return;
    const isNew = !keep()[next];
    keep({ next: undefined, last: next, [location.pathname]: next, [next]: 1 });
    if (isNew) report(next, "visits", { appId });
    next = undefined;
  }

  function arrived(code) {
    tapped = undefined;
    // By a link of one's own one comes by none.
    next = keep()[code] === 2 ? undefined : code;
    keep({ next, [location.pathname]: undefined });
    look();
  }

  function arrive() {
    const [, code] = /^#share-([0-9A-Za-z]{22})$/.exec(location.hash) ?? [];
    if (!code) return look();
    history.replaceState(history.state, "", location.href.split("#")[0]);
    arrived(code);
  }

  // Turbo and htmx fetch what a link leads to, and lose the fragment.
  function onClick(event) {
    const href = event.target.closest?.("a[href]:not([target])")?.href ?? "";
    const isPlain = !(event.ctrlKey || event.metaKey || event.shiftKey);
    const [, path] = String(href).split(location.origin + find("visits-url")?.linkUrl);
    tapped = isPlain && /^[0-9A-Za-z]{22}(?=\/)/.exec(path)?.[0];
    from = location.href;
  }

  // What this page has seen so far is for then; afterwards it has seen nothing.
  links.consent = (given) => {
    next = given ? keep(JSON.parse(memory)).next : undefined;
    if (next) return arrived(next);
    if (given) return look();
    memory = "{}";
    try {
      sessionStorage.removeItem(KEY);
    } catch {}
  };
  links.look = look;
  links.minted = (code) => keep({ [code]: 2 });
  links.via = () => keep()[location.pathname];
  Object.assign(window.shareAnalytics, {
    arrived,
    converted(goal) {
      const { last } = keep();
      if (last) report(last, "conversions", { goal });
    },
  });

  addEventListener("click", onClick, true);
  addEventListener("hashchange", arrive);
  document.addEventListener("visibilitychange", look);
  if (document.prerendering) document.addEventListener("prerenderingchange", arrive);
  else arrive();
})();
