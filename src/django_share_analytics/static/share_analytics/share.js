// Counts taps on share buttons and gives each share its link. Nothing here makes a visitor wait.
(() => {
  "use strict";
  if (window.shareAnalytics) return;
  const links = {}; // what share-links.js knows
  const report = (url, body) => send(url, body, allows);
  window.shareAnalytics = { links, newId, send: report, allows, consent };

  const WAITS = { 0: [1, 4], 429: [1], 503: [1, 4] }; // seconds, by status; 0: no answer
  const LONGEST_WAIT = 30;
  const CONFIRMATION = 2500; // ms
  const SESSION = "share-analytics-session";
  const DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

  // A UUIDv7: every try carries the same. Needs no HTTPS.
  function newId() {
    const bytes = crypto.getRandomValues(new Uint8Array(10));
    bytes[0] = (bytes[0] & 0x0f) | 0x70;
    bytes[2] = (bytes[2] & 0x3f) | 0x80;
    const random = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
    const hex = Date.now().toString(16).padStart(12, "0") + random;
    return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
  }

  function codeOf(id) {
    let code = "";
    for (let rest = BigInt("0x" + id.replaceAll("-", "")); code.length < 22; rest /= 62n) {
      code = DIGITS[rest % 62n] + code;
    }
    return code;
  }

  let answer; // of the visitor, on this page; else the page says
  function allows() {
    return answer ?? !document.querySelector("[data-share-consent]");
  }

  function consent(given) {
    answer = !!given;
    if (!answer) {
      session = undefined;
      try {
        sessionStorage.removeItem(SESSION);
      } catch {}
    }
    links.consent?.(answer);
  }

  let session; // random, gone with the tab
  function sessionId() {
    if (!allows()) return;
    try {
      session ??= sessionStorage.getItem(SESSION) ?? newId();
      sessionStorage.setItem(SESSION, session);
    } catch {
      session ??= newId();
    }
    return session;
  }

  // Visitors may think otherwise meanwhile.
  async function send(endpoint, body, may = () => true, tries = 0) {
    if (!may()) return;
    if (!("keepalive" in Request.prototype)) {
      navigator.sendBeacon(endpoint, body);
      return;
    }
    const response = await fetch(endpoint, {
      method: "POST",
      keepalive: true,
      credentials: "same-origin",
      headers: { "Content-Type": "application/json" },
      body,
    }).catch(() => null);
    const asked = Number(response?.headers.get("Retry-After")) || 0;
    const wait = Math.max(asked, WAITS[response?.status ?? 0]?.[tries]); // NaN: no more
    if (wait <= LONGEST_WAIT) setTimeout(send, wait * 1000, endpoint, body, may, tries + 1);
  }

  function addOne(place) {
    const { shareValue, shareGrouping, shareSeparator } = place.dataset;
    const number = String(Number(shareValue) + 1);
    place.dataset.shareValue = number;
    place.textContent = shareGrouping
      ? number.replace(new RegExp(`\\B(?=(\\d{${shareGrouping}})+$)`, "g"), shareSeparator)
      : number;
  }

  function addTap({ appId, platform }) {
    for (const place of document.querySelectorAll("[data-share-count]")) {
      const only = place.dataset.shareCountPlatform;
      if (place.dataset.shareCount === appId && (!only || only === platform)) addOne(place);
    }
  }

  // There before it has anything to say, or it would stay unheard.
  const status = document.createElement("p");
  status.className = "share-status";
  status.setAttribute("role", "status");

  let saying, page;
  function say(words) {
    page = location.href;
    status.textContent = "";
    clearTimeout(saying);
    if (words) saying = setTimeout(() => (status.textContent = words), 100);
  }

  const confirming = new Map(); // buttons, with the timer that settles them

  function show(button, isDone) {
    button.querySelector(".share-label")?.toggleAttribute("hidden", isDone);
    button.querySelector(".share-done")?.toggleAttribute("hidden", !isDone);
  }

  function settle(button) {
    clearTimeout(confirming.get(button));
    confirming.delete(button);
    show(button, false);
  }

  function confirm(button, thanks) {
    const done = button.querySelector(".share-done");
    say(done?.textContent ?? thanks);
    if (!done) return;
    clearTimeout(confirming.get(button));
    confirming.set(button, setTimeout(settle, CONFIRMATION, button));
    show(button, true);
  }

  // Without HTTPS there is no clipboard.
  async function copy({ url, copyByHand }) {
    try {
      await navigator.clipboard.writeText(url);
      return true;
    } catch {
      return prompt(copyByHand, url) !== null;
    }
  }

  async function openSheet({ url, text }) {
    try {
      await navigator.share({ title: text, text, url });
      return true;
    } catch {
      return false; // closed again
    }
  }

  function showCode({ url, qr }) {
    const dialog = document.createElement("dialog");
    dialog.className = "share-qr";
    dialog.onclick = () => dialog.close();
    dialog.onclose = () => dialog.remove();
    dialog.append(Object.assign(new Image(), { src: qr, alt: url }));
    document.body.append(dialog);
    dialog.showModal();
    return true;
  }

  const scripted = { copy, qr: showCode };
  if (navigator.share) scripted.native = openSheet;

  function count({ box, button, id, code, url }) {
    const { appId, endpoint, thanks, sharePlacement: placement } = box.dataset;
    const share = { id, appId, platform: button.dataset.sharePlatform };
    const more = { placement, via: links.via?.(), sessionId: sessionId() };
    if (endpoint) send(endpoint, JSON.stringify({ ...share, ...more }));
    if (code) links.minted?.(code);
    addTap(share);
    confirm(button, thanks);
    const detail = { ...share, url: box.dataset.url, ...(code && { link: url }) };
    button.dispatchEvent(new CustomEvent("share-analytics:shared", { bubbles: true, detail }));
  }

  let tap; // the last one
  let restore = () => {};

  // Before the browser or anybody else hears of the tap.
  function onTap(event) {
    const button = event.target.closest?.("[data-share-platform]");
    const box = button?.closest("[data-app-id]");
    const isTap = event.type === "click" || (event.button === 1 && event.target.closest("a"));
    if (!box || !isTap) return;
    // The second half of a double click is no share.
    const isNew = event.detail < 2 || tap?.button !== button;
    if (isNew) tap = { box, button, id: newId(), url: box.dataset.url };
    tap.event = isNew && event;
    const { shareLink } = box.dataset;
    const { shareIntent } = button.dataset;
    if (!shareLink || (button.href && !shareIntent)) return;
    const code = codeOf(tap.id);
    const fill = (template, by = code) => template.replace("{code}", by);
    Object.assign(tap, { code, url: fill(shareLink), qr: fill(shareLink, `qr/${code}`) });
    if (!shareIntent) return;
    restore();
    const href = button.getAttribute("href");
    button.href = fill(shareIntent);
    restore = () => button.setAttribute("href", href); // for "copy link address"
    setTimeout(() => restore());
  }

  async function onTapped(event) {
    if (tap?.event !== event) return;
    const share = tap;
    const act = scripted[share.button.dataset.sharePlatform];
    if (!act || (await act({ ...share.box.dataset, ...share }))) count(share);
  }

  for (const type of ["click", "auxclick"]) {
    document.addEventListener(type, onTap, true);
    document.addEventListener(type, onTapped);
  }

  // Turbo, htmx and routers replace the body, or bring one back as it was left.
  function tend() {
    links.look?.();
    for (const button of document.querySelectorAll("[data-share-platform][hidden]")) {
      if (button.dataset.sharePlatform in scripted) button.hidden = false;
    }
    for (const done of document.querySelectorAll(".share-done:not([hidden])")) {
      const button = done.closest("[data-share-platform]");
      if (button && !confirming.has(button)) show(button, false);
    }
    if (status.isConnected || !document.body) return;
    for (const old of document.querySelectorAll(".share-status")) old.remove();
    if (page !== location.href) say(""); // or it was a preview's
    document.body.append(status);
  }
  tend();
  const all = { childList: true, subtree: true, attributes: true, attributeFilter: ["hidden"] };
  new MutationObserver(tend).observe(document, all);

  // It may come back.
  addEventListener("pagehide", () => {
    say("");
    [...confirming.keys()].forEach(settle);
  });
})();
