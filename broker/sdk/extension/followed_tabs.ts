/** The tabs that the broker is told of: those about which the extension asked, until they leave their site. @module */
import type { Contexts } from "../contexts.ts";
import type { BrowserApi, BrowserTab } from "./browser_api.ts";
import { declaredHosts, declaresPage } from "./declared_hosts.ts";

const storageKey = "gatehouse tabs";

/** What a followed tab is known by: its site, and whether a request of the extension waits there. */
interface Followed {
  readonly site: string;
  readonly waits: boolean;
}

/**
 * Tells the broker how followed tabs stand. No other tab is told of: what a person reads is nobody's business until the
 * extension asks about it. What is followed outlives the worker, which sleeps, but not the browser.
 */
export class FollowedTabs {
  readonly #browser: BrowserApi;
  readonly #contexts: () => Promise<Contexts>;
  #tabs: Promise<Map<number, Followed>> | null = null;

  /** @param contexts Resolves once the extension is known to the broker. */
  constructor(browser: BrowserApi, contexts: () => Promise<Contexts>) {
    this.#browser = browser;
    this.#contexts = contexts;
    const { tabs, runtime } = browser;
    // A worker that wakes for an event must have its listeners by then: all of them are added at once.
    tabs.onActivated.addListener(({ windowId }) => this.#run(() => this.#tellWindow(windowId)));
    tabs.onUpdated.addListener((tabId, { url, status }) => {
      if (url !== undefined || status === "complete") this.#run(() => this.#tellAgain(tabId));
    });
    tabs.onRemoved.addListener((tabId) => this.#run(() => this.#forget(tabId)));
    tabs.onReplaced?.addListener((_added, removed) => this.#run(() => this.#forget(removed)));
    runtime.onStartup.addListener(() =>
      this.#run(async () => await (await this.#contexts()).clear())
    );
  }

  /** Tells of a tab, and follows it from then on. Throws where the tab is gone, or its URL can't be seen. */
  async follow(tabId: number): Promise<void> {
    const tab = await this.#browser.tabs.get(tabId);
    const url = urlOf(tab);
    if (url === undefined) {
      throw new TypeError(
        'The manifest needs the permission "tabs", to tell where a request is shown',
      );
    }
    await this.#tell(tabId, tab, url);
    const tabs = await this.#read();
    if (!tabs.has(tabId)) await this.#write(tabs.set(tabId, { site: siteOf(url), waits: false }));
  }

  /** The tab that has a document; undefined where the extension can't tell, or there is none. */
  async tabOf(documentId: string): Promise<number | undefined> {
    const { tabs } = this.#browser;
    for (const { id } of await tabs.query({})) {
      if (id !== undefined && await this.#documentOf(id) === documentId) return id;
    }
    return undefined;
  }

  /** Says whether a request waits on a tab: it stands on the extension's button. */
  async setWaiting(tabId: number, waits: boolean): Promise<void> {
    const tabs = await this.#read();
    const followed = tabs.get(tabId);
    if (!followed) return;
    if (waits && !declaresPage(declaredHosts(this.#browser.runtime.getManifest()), followed.site)) {
      return;
    }
    await this.#write(tabs.set(tabId, { ...followed, waits }));
    await this.#badge(tabId, waits);
  }

  /** Whether a request waits on any tab. */
  async anyWaits(): Promise<boolean> {
    return (await this.#read()).values().some(({ waits }) => waits);
  }

  /** Takes the badge off the tabs of sites for which `isGranted` holds. */
  async clearGranted(isGranted: (site: string) => Promise<boolean>): Promise<void> {
    for (const [tabId, { site, waits }] of [...await this.#read()]) {
      if (waits && await isGranted(site)) await this.setWaiting(tabId, false);
    }
  }

  async #tellWindow(windowId: number): Promise<void> {
    for (const tabId of [...(await this.#read()).keys()]) {
      const tab = await this.#browser.tabs.get(tabId).catch(() => null);
      const url = tab && urlOf(tab);
      if (tab && url && tab.windowId === windowId) await this.#tell(tabId, tab, url);
    }
  }

  async #tellAgain(tabId: number): Promise<void> {
    const followed = (await this.#read()).get(tabId);
    if (!followed) return;
    const tab = await this.#browser.tabs.get(tabId);
    const url = urlOf(tab);
    if (url === undefined) return;
    await this.#tell(tabId, tab, url);
    // The broker has cleared what was asked there; a page that is not asked about is not told of.
    if (siteOf(url) !== followed.site) await this.#forget(tabId);
    else if (followed.waits) await this.#badge(tabId, true);
  }

  async #tell(tabId: number, { active }: BrowserTab, url: string): Promise<void> {
    const documentId = await this.#documentOf(tabId) ?? null;
    await (await this.#contexts()).report(tabId, { url, active, documentId });
  }

  async #forget(tabId: number): Promise<void> {
    const tabs = await this.#read();
    const followed = tabs.get(tabId);
    if (!tabs.delete(tabId)) return;
    await this.#write(tabs);
    if (followed?.waits) await this.#badge(tabId, false);
    await (await this.#contexts()).close(tabId);
  }

  async #documentOf(tabId: number): Promise<string | undefined> {
    const frame = await this.#browser.webNavigation?.getFrame({ tabId, frameId: 0 })
      .catch(() => null);
    return frame?.documentId;
  }

  /** The badge of a tab; of one that is gone there is none to set. */
  async #badge(tabId: number, waits: boolean): Promise<void> {
    await this.#browser.action?.setBadgeText({ tabId, text: waits ? "?" : "" }).catch(() => {});
  }

  #read(): Promise<Map<number, Followed>> {
    return this.#tabs ??= this.#browser.storage.session.get(storageKey).then((found) =>
      new Map((found[storageKey] ?? []) as [number, Followed][])
    );
  }

  async #write(tabs: Map<number, Followed>): Promise<void> {
    await this.#browser.storage.session.set({ [storageKey]: [...tabs] });
  }

  /** What comes of an event of the browser: a broker that is not there hears of it when the tab is next asked about. */
  #run(perform: () => Promise<void>): void {
    perform().catch(() => {});
  }
}

function urlOf({ url, pendingUrl }: BrowserTab): string | undefined {
  return url === "" ? pendingUrl : url;
}

function siteOf(url: string): string {
  return URL.parse(url)?.origin ?? url;
}
