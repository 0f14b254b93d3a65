/** The app's tabs, as it tells the broker of them: which page each one shows, and whether it is in front. @module */
import type { BrokerApi } from "./broker_api.ts";
import { type FollowedPage, followPage, type PageContext } from "./page_context.ts";

/** How a tab stands. */
export interface TabReport {
  /** The page in it, an absolute URL. */
  url: string;
  /** Whether it is the one in front, in its window. */
  active: boolean;
  /** The top-level document in it. */
  documentId?: string | null;
}

/** The tabs of one app. Methods throw as `BrokerApi.call` does. */
export class Contexts {
  readonly #ready: () => Promise<BrokerApi>;
  // What is told of one tab arrives in the order in which it was told.
  #last: Promise<unknown> = Promise.resolve();

  /** @internal @param ready Resolves once the app is registered. */
  constructor(ready: () => Promise<BrokerApi>) {
    this.#ready = ready;
  }

  /** Tells how a tab stands. Only while a tab is in front is anything shown about it. */
  report(tabId: number, { url, active, documentId = null }: TabReport): Promise<void> {
    return this.#tell(async (api) => {
      const frame = api.environment.frame();
      const body = { url: withoutFragment(url), active, documentId, ...(frame && { frame }) };
      await api.call("PUT", `/contexts/${tabId}`, { body });
    });
  }

  /** Tells that a tab was closed. */
  close(tabId: number): Promise<void> {
    return this.#tell((api) => api.call("DELETE", `/contexts/${tabId}`));
  }

  /** Tells that the browser has started anew: none of its tabs is there any more. */
  clear(): Promise<void> {
    return this.#tell((api) => api.call("DELETE", "/contexts"));
  }

  /** Tells of the page that this runs in, from now on until it is stopped. */
  followPage(page: FollowedPage = globalThis as unknown as FollowedPage): PageContext {
    return followPage(this, page);
  }

  #tell(tell: (api: BrokerApi) => Promise<void>): Promise<void> {
    const told = this.#last.then(this.#ready).then(tell);
    this.#last = told.catch(() => {});
    return told;
  }
}

/** A fragment says nothing of a site, and may hold what nobody else is to know. */
function withoutFragment(url: string): string {
  const hash = url.indexOf("#");
  return hash < 0 ? url : url.slice(0, hash);
}
