/** The Permissions API that an extension gets: that of the SDK, with its tabs told to the broker beforehand. @module */
import type { Gatehouse } from "../gatehouse.ts";
import type { HostAccessCallback, HostAccessDetails, NamedSites } from "../host_permissions.ts";
import type { AskOptions } from "../permissions.ts";
import { SiteEvent, type SitePermissions } from "../site_event.ts";
import type { BrowserApi } from "./browser_api.ts";
import type { FollowedTabs } from "./followed_tabs.ts";

/** A worker that nothing keeps awake sleeps after 30 seconds. */
const stayAwakeEveryMs = 20_000;

const storageKey = "gatehouse origins";

/** What `chrome.permissions` has of sites, through the broker. */
export class ExtensionPermissions {
  /** Access to a site was granted, by whatever route; told, too, when the worker slept meanwhile. */
  readonly onAdded: SiteEvent;
  /** Access to a site is gone. */
  readonly onRemoved: SiteEvent;
  readonly #browser: BrowserApi;
  readonly #connected: () => Promise<Gatehouse>;
  readonly #tabs: FollowedTabs;
  readonly #heard = new WeakSet<Gatehouse>();
  #stayingAwake = false;
  #comparing: Promise<void> = Promise.resolve();

  /** @param connected Resolves once the person has installed the extension in the broker. */
  constructor(browser: BrowserApi, connected: () => Promise<Gatehouse>, tabs: FollowedTabs) {
    this.#browser = browser;
    this.#connected = connected;
    this.#tabs = tabs;
    const begin = () => void this.#hear().catch(() => {});
    this.onAdded = new SiteEvent(begin);
    this.onRemoved = new SiteEvent(begin);
  }

  /** Shows the person, once the tab is in front, that the extension would like access to its page. */
  async addHostAccessRequest(
    details: HostAccessDetails,
    callback: HostAccessCallback | null = null,
  ): Promise<boolean> {
    const { permissions } = await this.#hear();
    const tabId = await this.#tabOf(details);
    // A tab that is gone is told by the broker, in the words that are known for it.
    if (tabId !== undefined) await this.#tabs.follow(tabId).catch(ignoreMissingTab);
    const valid = await permissions.addHostAccessRequest(details, callback);
    if (valid && tabId !== undefined) await this.#tabs.setWaiting(tabId, true);
    this.#stayAwake();
    return valid;
  }

  /** Takes such a request back. */
  async removeHostAccessRequest(
    details: HostAccessDetails,
    callback: HostAccessCallback | null = null,
  ): Promise<boolean> {
    const { permissions } = await this.#hear();
    const removed = await permissions.removeHostAccessRequest(details, callback);
    const tabId = removed ? await this.#tabOf(details) : undefined;
    if (tabId !== undefined) await this.#tabs.setWaiting(tabId, false);
    return removed;
  }

  /** Whether the extension has access to every one of these sites. */
  async contains(sites: NamedSites): Promise<boolean> {
    return await (await this.#hear()).permissions.contains(sites);
  }

  /** The sites that it has access to. */
  async getAll(): Promise<SitePermissions> {
    return await (await this.#hear()).permissions.getAll();
  }

  /** Asks the person for sites that the manifest declares. */
  async request(sites: NamedSites, options: AskOptions = {}): Promise<boolean> {
    return await (await this.#hear()).permissions.request(sites, options);
  }

  /** Gives back access to sites that are optional. */
  async remove(sites: NamedSites): Promise<boolean> {
    return await (await this.#hear()).permissions.remove(sites);
  }

  async #tabOf({ tabId, documentId }: HostAccessDetails): Promise<number | undefined> {
    return tabId ?? (documentId === undefined ? undefined : await this.#tabs.tabOf(documentId));
  }

  /** Connects, and hears of what is granted and taken back from then on, beginning with what changed meanwhile. */
  async #hear(): Promise<Gatehouse> {
    const gatehouse = await this.#connected();
    if (this.#heard.has(gatehouse)) return gatehouse;
    this.#heard.add(gatehouse);
    const { events } = gatehouse;
    events.addEventListener("app", () => this.#compare(gatehouse));
    events.addEventListener("removed", () => this.#compare(gatehouse));
    events.addEventListener("added", ({ detail }) => this.#compare(gatehouse, detail.target));
    return gatehouse;
  }

  /**
   * Tells what came and went since it was last told, one comparison after the other.
   *
   * @param added What is known to have just come.
   */
  #compare({ permissions }: Gatehouse, added?: string): void {
    this.#comparing = this.#comparing.then(async () => {
      const { session } = this.#browser.storage;
      const told = (await session.get(storageKey))[storageKey] as string[] | undefined;
      const now = new Set((await permissions.getAll()).origins);
      // In a browser that has just started nothing counts as told, and nothing that was there is news.
      const before = new Set(told ?? [...now].filter((origin) => origin !== added));
      await session.set({ [storageKey]: [...now] });
      for (const origin of now) if (!before.has(origin)) this.onAdded.tell(origin);
      for (const origin of before) if (!now.has(origin)) this.onRemoved.tell(origin);
      await this.#tabs.clearGranted((site) => permissions.contains({ origins: [`${site}/*`] }));
    }).catch(() => {});
  }

  /** While a request waits, the worker stays awake for its answer: a call of the browser's API now and then does that. */
  #stayAwake(): void {
    if (this.#stayingAwake) return;
    this.#stayingAwake = true;
    const again = async () => {
      if (!(await this.#tabs.anyWaits())) {
        this.#stayingAwake = false;
        return;
      }
      await this.#browser.runtime.getPlatformInfo();
      setTimeout(again, stayAwakeEveryMs);
    };
    setTimeout(again, stayAwakeEveryMs);
  }
}

function ignoreMissingTab(fault: unknown): void {
  if (fault instanceof TypeError || fault instanceof DOMException) throw fault;
}
