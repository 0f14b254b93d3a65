/** The app's permissions: looking at their state, and asking the person for one. @module */
import type {
  OwnGrant,
  OwnGrantList,
  OwnRequest,
  PermissionDescriptor,
  PermissionStatus,
  RequestPermissionResult,
} from "../schema/app_api.ts";
import type { AppEvents } from "./app_events.ts";
import { awaitAnswer } from "./await_answer.ts";
import type { BrokerApi } from "./broker_api.ts";
import { HostPermissions, type NamedSites } from "./host_permissions.ts";

/** A permission that is asked about. */
export interface WantedPermission extends Omit<PermissionDescriptor, "secureTransport"> {
  /**
   * Whether it is for encrypted connections alone: what a person allows then covers no plain ones. For the capability
   * `tcp-connect`; false when absent.
   */
  secureTransport?: boolean;
}

/** How to ask. */
export interface AskOptions {
  /** Why the app asks: at most 140 characters, shown to the person as the app's own words. */
  reason?: string;
  /** Withdraws the question when it aborts. */
  signal?: AbortSignal;
}

/** The permissions of one app at one broker. All methods throw as `BrokerApi.call` does. */
export class Permissions extends HostPermissions {
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
    super(ready, events, onWaiting);
    this.#ready = ready;
    this.#onWaiting = onWaiting;
  }

  /** The state of a permission, without asking anybody. */
  async query(descriptor: WantedPermission): Promise<PermissionStatus> {
    const api = await this.#ready();
    return await api.call<PermissionStatus>("POST", "/permissions/query", {
      body: toDescriptor(descriptor),
    });
  }

  /** Every permission that this app has, denials too. */
  async list(): Promise<OwnGrant[]> {
    const api = await this.#ready();
    return (await api.call<OwnGrantList>("GET", "/permissions")).permissions;
  }

  /**
   * Asks the person, unless the answer is known already, and waits for the answer.
   *
   * @returns The state afterwards; `prompt` when the question ended without an answer.
   * @throws The reason of `signal` when that aborts; the question is then withdrawn.
   */
  request(descriptor: WantedPermission, options?: AskOptions): Promise<PermissionStatus>;
  /**
   * Asks for sites, as the Permissions API of extensions does: for those that the app declares, and on a web page only
   * when the person has just clicked or typed.
   *
   * @returns Whether the app has access to every one of them afterwards.
   */
  request(sites: NamedSites, options?: AskOptions): Promise<boolean>;
  request(
    what: WantedPermission | NamedSites,
    options: AskOptions = {},
  ): Promise<PermissionStatus | boolean> {
    return "capability" in what ? this.#request(what, options) : this.requestSites(what, options);
  }

  async #request(descriptor: WantedPermission, options: AskOptions): Promise<PermissionStatus> {
    const { reason, signal } = options;
    const api = await this.#ready();
    signal?.throwIfAborted();
    const frame = api.environment.frame();
    const { request, ...status } = await api.call<RequestPermissionResult>(
      "POST",
      "/permissions/request",
      {
        body: {
          ...toDescriptor(descriptor),
          ...(reason !== undefined && { reason }),
          userActivation: api.environment.userActivation(),
          ...(frame && { frame }),
        },
        signal,
      },
    );
    if (request === null) return status;
    this.#onWaiting(request);
    await awaitAnswer(api, request, signal);
    return await this.query(descriptor);
  }
}

/** Other members would be refused: the broker takes exactly these. */
function toDescriptor(
  { capability, target, secureTransport }: WantedPermission,
): WantedPermission {
  return { capability, target, ...(secureTransport && { secureTransport: true }) };
}
