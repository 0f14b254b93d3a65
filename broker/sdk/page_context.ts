/** Telling the broker of the page that the SDK runs in: shown or hidden, gone elsewhere, or gone. @module */
import type { Contexts } from "./contexts.ts";

/** The parts of a window that tell. */
export interface FollowedPage
  extends Pick<EventTarget, "addEventListener" | "removeEventListener"> {
  readonly location: { readonly href: string };
  readonly document: Pick<Document, "visibilityState" | "addEventListener" | "removeEventListener">;
  readonly sessionStorage: Pick<Storage, "getItem" | "setItem" | "removeItem">;
  readonly navigation?: Pick<EventTarget, "addEventListener" | "removeEventListener">;
}

/** A page that is followed. */
export interface PageContext {
  /** The id of this tab; it stays while the tab goes from page to page of the app. */
  readonly tabId: number;
  /** The id of this document. */
  readonly documentId: string;
  /**
   * Says that the app shows a page of another site here, as a reader does; null for its own again. That site is then what
   * it asks about.
   */
  show(url: string | null): Promise<void>;
  /** Tells nothing more, and that the tab is closed. */
  stop(): Promise<void>;
}

const storageKey = "gatehouse tab";

/** Follows a page. What can't be told, because no broker runs, is left untold: nothing is shown then, either. */
export function followPage(contexts: Contexts, page: FollowedPage): PageContext {
  const tabId = takeTabId(page);
  const documentId = crypto.randomUUID();
  let shown: string | null = null;
  const report = (active = page.document.visibilityState === "visible") =>
    contexts.report(tabId, { url: shown ?? page.location.href, active, documentId });
  const tell = () => void report().catch(() => {});
  const arrive = () => {
    page.sessionStorage.removeItem(storageKey);
    tell();
  };
  const leave = () => {
    // The next page of this tab takes the id up again; a copy of the tab, made while this page is open, does not.
    page.sessionStorage.setItem(storageKey, String(tabId));
    void report(false).catch(() => {});
  };
  const wires: [
    Pick<EventTarget, "addEventListener" | "removeEventListener">,
    string,
    () => void,
  ][] = [
    [page.document, "visibilitychange", tell],
    [page, "popstate", tell],
    [page, "pageshow", arrive],
    [page, "pagehide", leave],
  ];
  if (page.navigation) wires.push([page.navigation, "navigatesuccess", tell]);
  for (const [target, name, listener] of wires) target.addEventListener(name, listener);
  tell();
  return {
    tabId,
    documentId,
    show(url) {
      shown = url;
      return report();
    },
    stop() {
      for (const [target, name, listener] of wires) target.removeEventListener(name, listener);
      return contexts.close(tabId);
    },
  };
}

function takeTabId({ sessionStorage }: FollowedPage): number {
  const kept = sessionStorage.getItem(storageKey);
  sessionStorage.removeItem(storageKey);
  return kept !== null && /^\d{1,10}$/.test(kept)
    ? Number(kept)
    : crypto.getRandomValues(new Uint32Array(1))[0] ?? 0;
}
