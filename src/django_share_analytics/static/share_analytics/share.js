// Counts the taps on share buttons, and does what a link can't: copy, and the device's own sheet.
// The links work without this file, and nothing in it stands between a visitor and a share.
(() => {
  "use strict";
  if (window.shareAnalytics) return; // included twice, a tap is still one share
  window.shareAnalytics = true;

  const RETRY_AFTER = [1, 4]; // seconds before the second and the third try
  const LONGEST_WAIT = 30; // seconds; a server that asks for more is not asked again
  const CONFIRMATION = 2500; // milliseconds

  // A UUIDv7: random, and ordered by time, so that the table's index grows at its end.
  // The browser mints it, as every try must carry the same one. Works without HTTPS, too.
  function newId() {
    const bytes = crypto.getRandomValues(new Uint8Array(10));
    bytes[0] = (bytes[0] & 0x0f) | 0x70;
    bytes[2] = (bytes[2] & 0x3f) | 0x80;
    const random = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
    const hex = Date.now().toString(16).padStart(12, "0") + random;
    return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
  }

  let session;
  // Random, of this tab only and gone with it; of this page only where storage is blocked.
  function sessionId() {
    const key = "share-analytics-session";
    try {
      session ??= sessionStorage.getItem(key) ?? newId();
      sessionStorage.setItem(key, session);
    } catch {
      session ??= newId();
    }
    return session;
  }

  async function send(endpoint, body, tries = 0) {
    if (!("keepalive" in Request.prototype)) {
      navigator.sendBeacon(endpoint, body);
      return;
    }
    const answer = await fetch(endpoint, {
      method: "POST",
      keepalive: true, // goes on when the visitor leaves the page
      credentials: "same-origin",
      headers: { "Content-Type": "application/json" },
      body,
    }).catch(() => null);
    const isFinal = answer && answer.status !== 503;
    if (isFinal || tries >= RETRY_AFTER.length) return;
    const asked = Number(answer?.headers.get("Retry-After")) || 0;
    const wait = Math.max(asked, RETRY_AFTER[tries]);
    if (wait <= LONGEST_WAIT) setTimeout(send, wait * 1000, endpoint, body, tries + 1);
  }

  function addOne(place) {
    const { shareValue, shareGrouping, shareSeparator } = place.dataset;
    const number = String(Number(shareValue) + 1);
    place.dataset.shareValue = number;
    place.textContent = shareGrouping
      ? number.replace(new RegExp(`\\B(?=(\\d{${shareGrouping}})+$)`, "g"), shareSeparator)
      : number;
  }

  // The served count may be minutes old: the page adds the visitor's own tap at once.
  function addTap({ appId, platform }) {
    for (const place of document.querySelectorAll("[data-share-count]")) {
      const only = place.dataset.shareCountPlatform;
      if (place.dataset.shareCount === appId && (!only || only === platform)) addOne(place);
    }
  }

  // One region for the page, there before it has anything to say, or it would stay unheard.
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

  const confirming = new Map(); // buttons that say what they did, with the timer that ends it

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

  // Without HTTPS there is no clipboard: then the link is shown, to be copied by hand.
  async function copy({ url, copyByHand }) {
    try {
      await navigator.clipboard.writeText(url);
      return true;
    } catch {
      return prompt(copyByHand, url) !== null;
    }
  }

  // A sheet that the visitor closed again is no share.
  const openSheet = ({ url, text }) =>
    navigator.share({ title: text, text, url }).then(
      () => true,
      () => false,
    );

  const scripted = { copy };
  if (navigator.share) scripted.native = openSheet;

  function count(box, button) {
    const { appId, endpoint, url, thanks } = box.dataset;
    const share = { id: newId(), appId, platform: button.dataset.sharePlatform };
    if (endpoint) send(endpoint, JSON.stringify({ ...share, sessionId: sessionId() }));
    addTap(share);
    confirm(button, thanks);
    const detail = { ...share, url };
    button.dispatchEvent(new CustomEvent("share-analytics:shared", { bubbles: true, detail }));
  }

  async function onClick(event) {
    const button = event.target.closest?.("[data-share-platform]");
    const box = button?.closest("[data-app-id]");
    // The second half of a double click is not a second share.
    if (!box || event.detail > 1) return;
    const act = scripted[button.dataset.sharePlatform];
    if (!act || (await act(box.dataset))) count(box, button);
  }

  document.addEventListener("click", onClick);
  // The middle button opens a link in a new tab: a share like any other.
  document.addEventListener("auxclick", (event) => {
    if (event.button === 1 && event.target.closest?.("a")) onClick(event);
  });

  // Turbo, htmx and routers replace the body, or bring one back as it was when it was left: this
  // script stays with the document, and makes of every body what it made of the first.
  function tend() {
    for (const button of document.querySelectorAll("[data-share-platform][hidden]")) {
      if (button.dataset.sharePlatform in scripted) button.hidden = false;
    }
    for (const done of document.querySelectorAll(".share-done:not([hidden])")) {
      const button = done.closest("[data-share-platform]");
      if (button && !confirming.has(button)) show(button, false);
    }
    if (status.isConnected || !document.body) return;
    for (const old of document.querySelectorAll(".share-status")) old.remove();
    if (page !== location.href) say(""); // else a body came in the place of a preview of it
    document.body.append(status);
  }
  tend();
  const all = { childList: true, subtree: true, attributes: true, attributeFilter: ["hidden"] };
  new MutationObserver(tend).observe(document, all);

  // A page that is left may be shown again as it is: nothing was copied in that visit.
  addEventListener("pagehide", () => {
    say("");
    [...confirming.keys()].forEach(settle);
  });
})();
