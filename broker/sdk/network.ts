/** Facts about the network, and when they change, for an app that may know (proposal 000; W3C Network Information's words). @module */
import type { Connectivity, NetworkFacts } from "../schema/network.ts";
import type { AppEvents } from "./app_events.ts";
import type { BrokerApi } from "./broker_api.ts";

/** Why the app wants to know. */
export interface NetworkAskOptions {
  /** At most 140 characters, shown as the app's own words if a person has to be asked. */
  reason?: string;
  signal?: AbortSignal;
}

/** The network, as the app may know it. Fires `change` with a `Connectivity` as its detail. */
export class Network extends EventTarget {
  readonly #api: () => Promise<BrokerApi>;
  readonly #events: AppEvents;
  #follows = false;

  /** @internal Used by `connect()`. */
  constructor(api: () => Promise<BrokerApi>, events: AppEvents) {
    super();
    this.#api = api;
    this.#events = events;
  }

  /** Adds a listener, as every EventTarget does; the first one opens the app's event stream. */
  override addEventListener(
    name: string,
    listener: EventListenerOrEventListenerObject | null,
    options?: boolean | AddEventListenerOptions,
  ): void {
    super.addEventListener(name, listener, options);
    if (this.#follows) return;
    this.#follows = true;
    this.#events.addEventListener("network", ({ detail }) => {
      this.dispatchEvent(new CustomEvent<Connectivity>("change", { detail }));
    });
  }

  /**
   * The facts, asking the person where nobody has answered yet.
   *
   * @throws DOMException `NotAllowedError` when the person or the policy says no.
   */
  async get({ reason, signal }: NetworkAskOptions = {}): Promise<NetworkFacts> {
    const api = await this.#api();
    const frame = api.environment.frame();
    const query = new URLSearchParams({
      ...(reason !== undefined && { reason }),
      ...(api.environment.userActivation() && { userActivation: "true" }),
      ...(frame && { ancestors: frame.ancestors.join(" ") }),
    });
    return await api.call<NetworkFacts>("GET", `/network?${query}`, { signal });
  }
}
