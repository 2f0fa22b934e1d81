// A site's own script, and mistakes that the compiler has to find.
import type { ShareAnalytics, ShareDetail } from "./share";

document.addEventListener("share-analytics:shared", ({ detail }) => {
  const link: string | undefined = detail.link;
  console.log(detail.appId, detail.platform, link ?? detail.url);
  // @ts-expect-error There is no such thing in it.
  console.log(detail.application);
  // @ts-expect-error Where shares have no links there is none.
  console.log(detail.link.length);
});

export function afterEach(code: string | undefined): void {
  if (code) window.shareAnalytics?.arrived?.(code);
  // @ts-expect-error A code is text.
  window.shareAnalytics?.arrived?.(7);
  // @ts-expect-error Who blocks scripts has none.
  window.shareAnalytics.converted("signup");
  // @ts-expect-error Without links there is `consent` alone.
  window.shareAnalytics?.converted("signup");
}

export function signedUp(analytics: ShareAnalytics): void {
  analytics.consent(true);
  analytics.converted("signup");
}

export const last: ShareDetail[] = [];
