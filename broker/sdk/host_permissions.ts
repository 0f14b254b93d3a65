/** Access to sites, as the Permissions API of extensions has it, through the broker. @module */
import type {
  ContainsResult,
  OwnGrant,
  OwnGrantList,
  OwnRequest,
  RequestOriginsResult,
} from "../schema/app_api.ts";
import type { HostAccessResult } from "../schema/host_access.ts";
import type { AppEvents } from "./app_events.ts";
import { awaitAnswer } from "./await_answer.ts";
import type { BrokerApi } from "./broker_api.ts";
import { SiteEvent, type SitePermissions } from "./site_event.ts";

/** Sites by their match patterns, whose paths are not used. */
export interface NamedSites {
  origins?: string[];
  /** The broker has no permissions by name: every name is refused. */
  permissions?: string[];
}

/** In which tab a host access request is shown: exactly one of `tabId` and `documentId`. */
export interface HostAccessDetails {
  tabId?: number;
  /** The top-level document of the tab. */
  documentId?: string;
  /** A match pattern of the pages of the site on which it is shown; all of them when absent. */
  pattern?: string;
}

/** Told, beside the promise, whether a call is valid, and if it is not, why: in Chrome's words. */
export type HostAccessCallback = (valid: boolean, error: string | null) => void;

/** How a question is put. */
export interface SiteAskOptions {
  reason?: string;
  signal?: AbortSignal;
}

/**
 * What an app may do with sites that it declares. Methods throw as `BrokerApi.call` does; for a call that is wrong the
 * message is Chrome's.
 */
export class HostPermissions {
  readonly #onAdded: SiteEvent;
  readonly #onRemoved: SiteEvent;
  readonly #ready: () => Promise<BrokerApi>;
  readonly #onWaiting: (request: OwnRequest) => void;

  /**
   * @internal
   * @param ready Resolves once the app is registered.
   * @param onWaiting Called when the person is being asked.
   */
  constructor(
    ready: () => Promise<BrokerApi>,
    events: AppEvents,
    onWaiting: (request: OwnRequest) => void,
  ) {
    this.#ready = ready;
    this.#onWaiting = onWaiting;
    this.#onAdded = new SiteEvent(() => events.addEventListener("added", this.#added));
    this.#onRemoved = new SiteEvent(() => events.addEventListener("removed", this.#removed));
  }

  /** Access to a site was granted, by whatever route. */
  get onAdded(): SiteEvent {
    return this.#onAdded;
  }

  /** Access to a site is gone. */
  get onRemoved(): SiteEvent {
    return this.#onRemoved;
  }

  /**
   * Shows the person, without a gesture and without a dialog, that the app would like access to the page in a tab. Says at
   * once whether the call is valid; what comes of it is told by `onAdded`.
   */
  addHostAccessRequest(
    details: HostAccessDetails,
    callback: HostAccessCallback | null = null,
  ): Promise<boolean> {
    return this.#askHostAccess("PUT", details, callback);
  }

  /** Takes such a request back. Says whether there was one. */
  removeHostAccessRequest(
    details: HostAccessDetails,
    callback: HostAccessCallback | null = null,
  ): Promise<boolean> {
    return this.#askHostAccess("DELETE", details, callback);
  }

  /** Whether the app has access to every one of these sites. */
  async contains(sites: NamedSites): Promise<boolean> {
    const api = await this.#ready();
    const body = toSites(sites);
    return (await api.call<ContainsResult>("POST", "/permissions/contains", { body })).contains;
  }

  /** The sites that the app has access to. */
  async getAll(): Promise<SitePermissions> {
    const api = await this.#ready();
    const { origins } = await api.call<OwnGrantList>("GET", "/permissions");
    return { permissions: [], origins };
  }

  /** Gives back access to sites that the app may ask for; those that it never had are passed over. */
  async remove(sites: NamedSites): Promise<boolean> {
    const api = await this.#ready();
    await api.call("POST", "/permissions/remove", { body: toSites(sites) });
    return true;
  }

  /**
   * Asks the person for sites that the app declares, and waits for the answers. True when it has access to all of them
   * afterwards; asks nobody when it has already.
   */
  protected async requestSites(sites: NamedSites, options: SiteAskOptions): Promise<boolean> {
    const { reason, signal } = options;
    const api = await this.#ready();
    signal?.throwIfAborted();
    const { environment } = api;
    // A worker can't tell whether the person has just clicked; a page can, and must not ask unless they have.
    if (environment.userActivation() === false && environment.pageUrl?.startsWith("http")) {
      throw new DOMException(
        "This function must be called during a user gesture",
        "NotAllowedError",
      );
    }
    const frame = environment.frame();
    const { state, requests } = await api.call<RequestOriginsResult>(
      "POST",
      "/permissions/request-origins",
      {
        body: {
          ...toSites(sites),
          ...(reason !== undefined && { reason }),
          userActivation: environment.userActivation(),
          ...(frame && { frame }),
        },
        signal,
      },
    );
    if (state === "granted") return true;
    for (const request of requests) {
      this.#onWaiting(request);
      await awaitAnswer(api, request, signal);
    }
    return state === "prompt" && await this.contains(sites);
  }

  async #askHostAccess(
    method: "PUT" | "DELETE",
    { tabId, documentId, pattern }: HostAccessDetails,
    callback: HostAccessCallback | null,
  ): Promise<boolean> {
    const api = await this.#ready();
    const { valid, error } = await api.call<HostAccessResult>(method, "/host-access-requests", {
      body: { tabId, documentId, pattern },
    });
    callback?.(valid, error);
    return valid;
  }

  readonly #added = ({ detail }: CustomEvent<OwnGrant>): void => {
    if (isSite(detail)) this.#onAdded.tell(detail.target);
  };

  readonly #removed = ({ detail }: CustomEvent<OwnGrant>): void => {
    if (!isSite(detail)) return;
    // Another grant may still cover it. A broker that is gone tells nothing either way.
    this.contains({ origins: [detail.target] }).then(
      (contains) => contains || this.#onRemoved.tell(detail.target),
      () => {},
    );
  };
}

function isSite({ capability, effect }: OwnGrant): boolean {
  return capability === "host-access" && effect === "allow";
}

/** Other members would be refused: the broker takes exactly these. */
function toSites({ origins, permissions }: NamedSites): NamedSites {
  return { ...(origins && { origins }), ...(permissions && { permissions }) };
}
