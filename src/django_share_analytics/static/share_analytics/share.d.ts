/** What `share.js` and `share-links.js` offer to a page's own scripts. */
export interface ShareAnalytics {
  /**
   * A visitor came to this page by the link of a share: for routers that change pages themselves.
   * Call it when the page's own address is in the address bar.
   *
   * @param code the 22 letters and digits behind `#share-`, or in the link's path
   */
  arrived(code: string): void;

  /**
   * A visitor did what the site wanted. It is a conversion of the share by whose link this tab came
   * last; of none, nothing is sent.
   *
   * @param goal a name of the setting `GOALS` whose value is `True`
   */
  converted(goal: string): void;

  /**
   * The visitor agrees to be followed through this tab, or does not: for pages with
   * `data-share-consent`, and for who withdraws elsewhere. It holds for this page; say it again on
   * the next. After `false` nothing of ours is left in `sessionStorage`.
   */
  consent(given: boolean): void;
}

/** What `share-analytics:shared` carries. */
export interface ShareDetail {
  id: string;
  appId: string;
  platform: string;
  /** The plain address. */
  url: string;
  /** The share's own link, where shares have one. */
  link?: string;
}

declare global {
  interface Window {
    /**
     * `consent` is there once `share.js` has run, the others once `share-links.js` has, which comes
     * where shares have links.
     */
    shareAnalytics?: Partial<ShareAnalytics>;
  }

  interface DocumentEventMap {
    "share-analytics:shared": CustomEvent<ShareDetail>;
  }
}
