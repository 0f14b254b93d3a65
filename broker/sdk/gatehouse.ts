/** An app's connection to its broker: registration, permissions, events, and the relay that its sockets share. @module */
import type { OwnApp, RegisterAppBody } from "../schema/app_api.ts";
import type { DeclaredHosts } from "../schema/declared_hosts.ts";
import type { RequestId } from "../schema/ids.ts";
import type { OwnScope } from "../schema/own_scope.ts";
import type { OpenFrame } from "../schema/relay.ts";
import { AppEvents } from "./app_events.ts";
import { BrokerApi } from "./broker_api.ts";
import { findBroker } from "./broker_location.ts";
import { Contexts } from "./contexts.ts";
import type { Environment } from "./environment.ts";
import { type FetchOptions, fetchThrough } from "./fetch.ts";
import { openTarget } from "./open_target.ts";
import { Network } from "./network.ts";
import { Permissions } from "./permissions.ts";
import { reattach, type ReattachOptions } from "./reattach.ts";
import type { ReattachTicket } from "./reattach_ticket.ts";
import { registerApp, resumeApp, waitForInstallation } from "./registration.ts";
import { RelayClient } from "./relay_client.ts";
import type { RelayStream, StreamListener } from "./relay_stream.ts";
import { createResourceUrl, type ResourceUrlOptions, revokeResourceUrl } from "./resource_url.ts";
import type { TCPSocket } from "./tcp_socket.ts";
import type { TLSSocket } from "./tls_socket.ts";

/** Who the app says it is. */
export interface AppDescription {
  /** The app's name, shown to the person: at most 60 characters. */
  name: string;
  /** The URL of its web app manifest, on its own origin; a relative one is of this page. */
  manifestUrl?: string;
  /** Its manifest id, where one origin has several apps; the origin's root when absent. */
  manifestId?: string;
  /** Why it wants to be installed: at most 140 characters, shown as the app's own words. */
  reason?: string;
  /**
   * Origins that it lets use the network in frames inside its own pages: what the permissions policy of Direct Sockets is
   * for. None when absent.
   */
  frames?: string[];
  /** Match patterns of the sites that it is for, by the manifest member that they stand in; none when absent. */
  hosts?: Partial<DeclaredHosts>;
}

/** How to reach the broker, and as whom. */
export interface ConnectOptions {
  /**
   * The broker's address. When absent: the broker that served this module, else `http://gatehouse.localhost:8737`, else
   * `http://localhost:8737`.
   */
  broker?: string;
  /** Who the app is. Needed unless there is a `token`. */
  app?: AppDescription;
  /** The token of an app that is registered: a program, or a worker that its page has passed the token to. */
  token?: string;
  /** Ends the connection, as `close()` does. */
  signal?: AbortSignal;
}

/** What `connect()` gives. */
export class Gatehouse {
  /** The broker's events about this app, and `waiting` whenever a person is being asked. */
  readonly events: AppEvents;
  /** Facts about the network. */
  readonly network: Network;
  /** The app's permissions. */
  readonly permissions: Permissions;
  /** The app's tabs, for what it asks about the pages in them. */
  readonly contexts: Contexts;
  /**
   * Resolves once a person has installed the app. Rejects with `NotAllowedError` when the person refused it, and as
   * `registered` does.
   */
  readonly installed: Promise<OwnApp>;
  /**
   * Resolves once the broker knows the app, which may still wait to be installed. Rejects with a DOMException whose
   * `cause` tells which wall stands in the way.
   */
  readonly registered: Promise<OwnApp>;
  readonly #aborter = new AbortController();
  readonly #api: Promise<BrokerApi>;
  readonly #relay: Promise<RelayClient>;
  #token: string | null = null;

  /** @internal Used by `connect()`. */
  constructor(
    /** @internal */ readonly environment: Environment,
    candidates: readonly string[],
    options: ConnectOptions,
  ) {
    const { signal } = this.#aborter;
    const { app, token } = options;
    options.signal?.addEventListener("abort", () => this.close(), { once: true });
    if (options.signal?.aborted) this.close();
    const api = findBroker(environment, candidates, signal)
      .then((origin) => new BrokerApi(environment, origin));
    this.registered = api.then(async (api) => {
      const own = token !== undefined
        ? await resumeApp(api, token, signal)
        : await registerApp(api, toBody(app, environment.pageUrl), signal);
      this.#token = api.token;
      return own;
    });
    this.#api = this.registered.then(() => api);
    this.#relay = this.#api.then((api) => {
      const relay = new RelayClient(api, {
        onLost: (message) => this.events.announce("relay-lost", { message }),
        onRestored: () => this.events.announce("relay-restored", null),
      });
      signal.addEventListener("abort", () => relay.close(), { once: true });
      return relay;
    });
    this.events = new AppEvents(() => this.#api, signal);
    this.network = new Network(() => this.#api, this.events);
    this.permissions = new Permissions(
      () => this.#api,
      this.events,
      ({ id, target }) =>
        this.events.announce("waiting", { for: "request", requestId: id, target }),
    );
    this.contexts = new Contexts(() => this.#api);
    this.installed = this.registered.then(async (own) => {
      if (own.state === "pending-installation") {
        this.events.announce("waiting", { for: "installation", requestId: null, target: null });
      }
      return await waitForInstallation(await api, own, signal);
    });
    // Whoever uses the connection meets the failure; nobody has to await each of these.
    for (const promise of [this.registered, this.#api, this.#relay, this.installed]) {
      promise.catch(() => {});
    }
  }

  /** The app token, to be passed to a worker's `connect()`; null until the app is registered. Keep it secret. */
  get token(): string | null {
    return this.#token;
  }

  /**
   * Fetches without CORS, under the app's permission for the site, asking the person where there is none yet. Cookies are
   * neither sent nor kept, and `mode`, `credentials`, `cache` and `referrer` mean nothing here. With `redirect: "manual"`
   * the answer that redirects is given as it is.
   *
   * @param input And `options`: as for the standard's `fetch` (Fetch, section 5.6), with `reason` and `onProgress` beside.
   * @throws TypeError when it fails, with a `FailureCause` that tells why; or the reason of the aborted `signal`.
   */
  fetch(input: RequestInfo | URL, options: FetchOptions = {}): Promise<Response> {
    return fetchThrough(this, input, options);
  }

  /**
   * Makes a URL by which this page may load something of another site, in `<img>`, `<audio>`, `<video>` or a stylesheet:
   * what `fetch` would give, under the same permission. Whoever has the URL may load it while it is good.
   *
   * @param url An http or https URL.
   * @throws DOMException with the broker's problem details as its cause.
   */
  async createResourceUrl(url: string | URL, options: ResourceUrlOptions = {}): Promise<string> {
    return await createResourceUrl(await this.#api, this.environment, url, options);
  }

  /** Makes a URL of {@link createResourceUrl} good for nothing. */
  async revokeResourceUrl(resourceUrl: string): Promise<void> {
    await revokeResourceUrl(await this.#api, resourceUrl);
  }

  /**
   * Goes on with a socket of this page as it was before a reload, by what its `reattachTicket` gave then. Nothing is lost and
   * nothing doubled of what the app had read and written when the ticket was made.
   *
   * @returns A `TLSSocket` or a `TCPSocket`, as it was. Its `opened` rejects with `NetworkError` when the connection is over,
   * when more than 10 s have passed, and when the ticket was used already or the app went on reading or writing after it.
   * @throws TypeError when `ticket` is none.
   */
  reattach(ticket: ReattachTicket, options: ReattachOptions = {}): TCPSocket | TLSSocket {
    return reattach(this, ticket, options);
  }

  /** Ends the event stream, the relay and all sockets. The app stays registered. */
  close(): void {
    this.#aborter.abort(new DOMException("The connection to the broker was closed.", "AbortError"));
  }

  /** Does what `close()` does. */
  [Symbol.dispose](): void {
    this.close();
  }

  /**
   * Tells whether a URL belongs to this app: within its manifest's scope, within that of an origin that agreed to be part of
   * it (`scope_extensions`), or neither, and why. A relative URL is of this page.
   *
   * @throws TypeError when it is no URL; DOMException as `registered` does.
   */
  async scopeOf(url: string | URL): Promise<OwnScope> {
    const absolute = new URL(url, this.environment.pageUrl ?? undefined).href;
    const api = await this.#api;
    const path = `/apps/me/scope?url=${encodeURIComponent(absolute)}`;
    return await api.call<OwnScope>("GET", path, { signal: this.#aborter.signal });
  }

  /**
   * Opens a stream of the relay, once the app is installed.
   *
   * @internal For sockets.
   * @throws As `installed` and `RelayClient.open` do.
   */
  async openStream(
    frame: OpenFrame,
    listener: StreamListener,
    signal: AbortSignal,
  ): Promise<RelayStream> {
    await this.installed;
    const relay = await this.#relay;
    signal.throwIfAborted();
    return await relay.open(frame, listener, signal);
  }

  /** Says that a person is being asked about a socket. @internal For sockets. */
  announceWaiting(requestId: RequestId, frame: OpenFrame): void {
    const target = openTarget(frame);
    this.events.announce("waiting", { for: "request", requestId, target });
  }
}

const noHosts: DeclaredHosts = {
  host_permissions: [],
  optional_host_permissions: [],
  content_script_matches: [],
};

/** Other members would be refused: the broker takes exactly these. */
function toBody(app: AppDescription | undefined, pageUrl: string | null): RegisterAppBody {
  if (!app) throw new TypeError("connect() needs an `app` with a name, or a `token`");
  const { name, manifestUrl, manifestId, reason, frames, hosts } = app;
  return {
    name,
    ...(manifestUrl !== undefined && { manifestUrl: absolute(manifestUrl, pageUrl) }),
    ...(manifestId !== undefined && { manifestId: absolute(manifestId, pageUrl) }),
    ...(reason !== undefined && { reason }),
    ...(frames !== undefined && { frames }),
    ...(hosts !== undefined && { hosts: { ...noHosts, ...hosts } }),
  };
}

/** An absolute URL; a text that is none is left for the broker to name as wrong. */
function absolute(url: string, pageUrl: string | null): string {
  return URL.parse(url, pageUrl ?? undefined)?.href ?? url;
}
