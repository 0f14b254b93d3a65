/** The app's events, as the broker sends them and as the SDK finds them out. @module */
import { createParser } from "eventsource-parser";
import type { AppEvent, AppEventName } from "../schema/app_api.ts";
import type { RequestId } from "../schema/ids.ts";
import { backoffDelayMs } from "./backoff.ts";
import type { BrokerApi } from "./broker_api.ts";

/** What a `waiting` event tells: a person is being asked, and something waits for the answer. */
export interface Waiting {
  /** What is waited for: the app's installation, or the answer to a request. */
  for: "installation" | "request";
  requestId: RequestId | null;
  /** What the app wants, `host:port` for a socket; null for the installation. */
  target: string | null;
}

/** What the SDK finds out about its relay, the connection that all sockets share. */
export interface RelayEvents {
  /** It was lost: the broker stopped, or was restarted. Open sockets have ended; the SDK connects again by itself. */
  "relay-lost": {
    /** A sentence for people. */
    message: string;
  };
  /** It is there again. Sockets are opened anew by the app. */
  "relay-restored": null;
}

/** The events of `AppEvents`, by name, and what each carries in `detail`. */
export type AppEventDetails =
  & { [Event in AppEvent as Event["name"]]: Event["data"] }
  & { waiting: Waiting }
  & RelayEvents;

/** Those that the broker does not send. */
const ownNames: ReadonlySet<string> = new Set<keyof AppEventDetails>([
  "waiting",
  "relay-lost",
  "relay-restored",
]);

/**
 * An EventTarget of CustomEvents: `app`, `added`, `removed`, `request-ended`, `session-closed`, `silenced` from the
 * broker's event stream, and `waiting`, `relay-lost` and `relay-restored` from the SDK itself. The stream is opened when the first listener for one of the
 * broker's events is added, as browsers allow only six connections to a host; it reconnects by itself.
 */
export class AppEvents extends EventTarget {
  readonly #ready: () => Promise<BrokerApi>;
  readonly #signal: AbortSignal;
  #streaming = false;

  /**
   * @internal
   * @param ready Resolves once the app is registered.
   * @param signal Ends the stream.
   */
  constructor(ready: () => Promise<BrokerApi>, signal: AbortSignal) {
    super();
    this.#ready = ready;
    this.#signal = signal;
  }

  /** Adds a listener, as every EventTarget does. */
  override addEventListener<Name extends keyof AppEventDetails>(
    name: Name,
    listener: ((event: CustomEvent<AppEventDetails[Name]>) => void) | null,
    options?: boolean | AddEventListenerOptions,
  ): void;
  override addEventListener(
    name: string,
    listener: EventListenerOrEventListenerObject | null,
    options?: boolean | AddEventListenerOptions,
  ): void;
  override addEventListener(
    name: string,
    listener: EventListenerOrEventListenerObject | ((event: CustomEvent) => void) | null,
    options?: boolean | AddEventListenerOptions,
  ): void {
    super.addEventListener(name, listener as EventListener, options);
    if (ownNames.has(name) || this.#streaming) return;
    this.#streaming = true;
    this.#stream().catch(() => this.#streaming = false);
  }

  /** Tells listeners. */
  announce<Name extends keyof AppEventDetails>(name: Name, detail: AppEventDetails[Name]): void {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }

  /** Reads the stream again and again until it is ended, or the broker refuses the app. */
  async #stream(): Promise<void> {
    const api = await this.#ready();
    for (let failures = 0;; failures++) {
      try {
        const body = await api.openStream("/events", this.#signal);
        failures = 0;
        await this.#read(body);
      } catch (fault) {
        if (this.#signal.aborted || isRefusal(fault)) throw fault;
      }
      await delay(api, backoffDelayMs(failures + 1), this.#signal);
    }
  }

  async #read(body: ReadableStream<Uint8Array>): Promise<void> {
    const parser = createParser({
      onEvent: ({ event, data }) => {
        if (event) this.announce(event as AppEventName, JSON.parse(data));
      },
    });
    const decoder = new TextDecoder();
    const reader = body.getReader();
    for (let read = await reader.read(); !read.done; read = await reader.read()) {
      parser.feed(decoder.decode(read.value, { stream: true }));
    }
  }
}

function isRefusal(fault: unknown): boolean {
  return fault instanceof DOMException && fault.name === "NotAllowedError";
}

function delay(api: BrokerApi, delayMs: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const cancel = api.environment.setTimer(delayMs, () => {
      signal.removeEventListener("abort", aborted);
      resolve();
    });
    const aborted = () => {
      cancel();
      reject(signal.reason);
    };
    signal.addEventListener("abort", aborted, { once: true });
  });
}
