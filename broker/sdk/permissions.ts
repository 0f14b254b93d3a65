/** The app's permissions: looking at their state, and asking the person for one. @module */
import type {
  OwnGrant,
  OwnGrantList,
  OwnRequest,
  PermissionDescriptor,
  PermissionStatus,
  RequestPermissionResult,
} from "../schema/app_api.ts";
import type { BrokerApi } from "./broker_api.ts";

/** How to ask. */
export interface AskOptions {
  /** Why the app asks: at most 140 characters, shown to the person as the app's own words. */
  reason?: string;
  /** Withdraws the question when it aborts. */
  signal?: AbortSignal;
}

/** How long one long poll for an answer may take, in milliseconds. */
const waitTimeoutMs = 25_000;

/** The permissions of one app at one broker. All methods throw as `BrokerApi.call` does. */
export class Permissions {
  readonly #ready: () => Promise<BrokerApi>;
  readonly #onWaiting: (request: OwnRequest) => void;

  /**
   * @param ready Resolves once the app is registered.
   * @param onWaiting Called when the person is being asked.
   */
  constructor(ready: () => Promise<BrokerApi>, onWaiting: (request: OwnRequest) => void) {
    this.#ready = ready;
    this.#onWaiting = onWaiting;
  }

  /** The state of a permission, without asking anybody. */
  async query(descriptor: PermissionDescriptor): Promise<PermissionStatus> {
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
  async request(
    descriptor: PermissionDescriptor,
    options: AskOptions = {},
  ): Promise<PermissionStatus> {
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
    await waitForEnd(api, request, signal);
    return await this.query(descriptor);
  }
}

async function waitForEnd(
  api: BrokerApi,
  request: OwnRequest,
  signal: AbortSignal | undefined,
): Promise<void> {
  const path = `/requests/${request.id}`;
  try {
    let current = request;
    while (current.state === "pending") {
      current = await api.call<OwnRequest>("GET", `${path}/wait?timeoutMs=${waitTimeoutMs}`, {
        signal,
      });
    }
  } catch (fault) {
    // The question may have ended meanwhile, and the broker may be gone: then there is nothing to withdraw.
    if (signal?.aborted) await api.call("DELETE", path).catch(() => {});
    throw fault;
  }
}

/** Other members would be refused: the broker takes exactly these. */
function toDescriptor({ capability, target }: PermissionDescriptor): PermissionDescriptor {
  return { capability, target };
}
