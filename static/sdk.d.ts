/** The browser SDK of Gatehouse, `/sdk.js`. Written by `deno task types`. */

/**
 * Connects to the broker and registers the app. Sockets may be made as soon as this was called: they wait by themselves.
 * The last connection is the one that `new TCPSocket()` uses when it is given none.
 *
 * @returns The connection, once the broker knows the app; `installed` then tells when a person has installed it.
 * @throws TypeError when `options` names neither an app nor a token, or `broker` is no http or https URL.
 * @throws DOMException whose `cause` (a `FailureCause`) tells which wall stands in the way: no broker runs, the browser
 * keeps the page from it, or the broker refuses the app.
 */
declare function connect(options: ConnectOptions): Promise<Gatehouse>;

/** How to reach the broker, and as whom. */
interface ConnectOptions {
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

/** Who the app says it is. */
interface AppDescription {
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

/** What an app says that it declares. */
type DeclaredHosts = {
  host_permissions: string[];
  optional_host_permissions: string[];
  content_script_matches: string[];
};

/** What `connect()` gives. */
declare class Gatehouse {
  #private;
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
  /** The app token, to be passed to a worker's `connect()`; null until the app is registered. Keep it secret. */
  get token(): string | null;
  /**
   * Fetches without CORS, under the app's permission for the site, asking the person where there is none yet. Cookies are
   * neither sent nor kept, and `mode`, `credentials`, `cache` and `referrer` mean nothing here. With `redirect: "manual"`
   * the answer that redirects is given as it is.
   *
   * @param input And `options`: as for the standard's `fetch` (Fetch, section 5.6), with `reason` and `onProgress` beside.
   * @throws TypeError when it fails, with a `FailureCause` that tells why; or the reason of the aborted `signal`.
   */
  fetch(input: RequestInfo | URL, options?: FetchOptions): Promise<Response>;
  /**
   * Makes a URL by which this page may load something of another site, in `<img>`, `<audio>`, `<video>` or a stylesheet:
   * what `fetch` would give, under the same permission. Whoever has the URL may load it while it is good.
   *
   * @param url An http or https URL.
   * @throws DOMException with the broker's problem details as its cause.
   */
  createResourceUrl(url: string | URL, options?: ResourceUrlOptions): Promise<string>;
  /** Makes a URL of {@link createResourceUrl} good for nothing. */
  revokeResourceUrl(resourceUrl: string): Promise<void>;
  /**
   * Goes on with a socket of this page as it was before a reload, by what its `reattachTicket` gave then. Nothing is lost and
   * nothing doubled of what the app had read and written when the ticket was made.
   *
   * @returns A `TLSSocket` or a `TCPSocket`, as it was. Its `opened` rejects with `NetworkError` when the connection is over,
   * when more than 10 s have passed, and when the ticket was used already or the app went on reading or writing after it.
   * @throws TypeError when `ticket` is none.
   */
  reattach(ticket: ReattachTicket, options?: ReattachOptions): TCPSocket | TLSSocket;
  /** Ends the event stream, the relay and all sockets. The app stays registered. */
  close(): void;
  /** Does what `close()` does. */
  [Symbol.dispose](): void;
  /**
   * Tells whether a URL belongs to this app: within its manifest's scope, within that of an origin that agreed to be part of
   * it (`scope_extensions`), or neither, and why. A relative URL is of this page.
   *
   * @throws TypeError when it is no URL; DOMException as `registered` does.
   */
  scopeOf(url: string | URL): Promise<OwnScope>;
}

/**
 * An EventTarget of CustomEvents: `app`, `added`, `removed`, `request-ended`, `session-closed`, `silenced` from the
 * broker's event stream, and `waiting`, `relay-lost` and `relay-restored` from the SDK itself. The stream is opened when the first listener for one of the
 * broker's events is added, as browsers allow only six connections to a host; it reconnects by itself.
 */
declare class AppEvents extends EventTarget {
  #private;
  /** Adds a listener, as every EventTarget does. */
  addEventListener<Name extends keyof AppEventDetails>(
    name: Name,
    listener: ((event: CustomEvent<AppEventDetails[Name]>) => void) | null,
    options?: boolean | AddEventListenerOptions,
  ): void;
  addEventListener(
    name: string,
    listener: EventListenerOrEventListenerObject | null,
    options?: boolean | AddEventListenerOptions,
  ): void;
  /** Tells listeners. */
  announce<Name extends keyof AppEventDetails>(name: Name, detail: AppEventDetails[Name]): void;
}

/** The events of `AppEvents`, by name, and what each carries in `detail`. */
type AppEventDetails =
  & {
    [Event in AppEvent as Event["name"]]: Event["data"];
  }
  & {
    waiting: Waiting;
  }
  & RelayEvents;

/** An event of `GET /events`. */
type AppEvent =
  | {
    name: "app";
    data: {
      id: `app_${string}`;
      kind: "web" | "extension" | "program";
      origin: string | null;
      name: string;
      state: "pending-installation" | "installed" | "paused";
    };
  }
  | { name: "silenced"; data: { untilMs: number | null } }
  | {
    name: "request-ended";
    data: {
      id: `req_${string}`;
      capability:
        | "host-access"
        | "tcp-connect"
        | "tcp-listen"
        | "udp-send"
        | "udp-bind"
        | "udp-multicast"
        | "network-info";
      target: string;
      state: "pending" | "ended";
      outcome:
        | "denied"
        | "allowed"
        | "silenced"
        | "withdrawn"
        | "expired"
        | "blocked-by-policy"
        | null;
      message: string | null;
      createdAtMs: number;
      endedAtMs: number | null;
    };
  }
  | {
    name: "removed";
    data: {
      duration: { kind: "once" } | { kind: "until-app-closes" } | { kind: "for"; ms: number } | {
        kind: "until";
        atMs: number;
      } | { kind: "always" };
      createdAtMs: number;
      expiresAtMs: number | null;
      id: `grant_${string}`;
      effect: "allow" | "deny";
      capability:
        | "host-access"
        | "tcp-connect"
        | "tcp-listen"
        | "udp-send"
        | "udp-bind"
        | "udp-multicast"
        | "network-info";
      target: string;
      secureTransport?: true;
      serverName?: string;
    };
  }
  | {
    name: "added";
    data: {
      duration: { kind: "once" } | { kind: "until-app-closes" } | { kind: "for"; ms: number } | {
        kind: "until";
        atMs: number;
      } | { kind: "always" };
      createdAtMs: number;
      expiresAtMs: number | null;
      id: `grant_${string}`;
      effect: "allow" | "deny";
      capability:
        | "host-access"
        | "tcp-connect"
        | "tcp-listen"
        | "udp-send"
        | "udp-bind"
        | "udp-multicast"
        | "network-info";
      target: string;
      secureTransport?: true;
      serverName?: string;
    };
  }
  | {
    name: "session-closed";
    data: {
      sessionId: `sess_${string}`;
      error: {
        code:
          | "denied"
          | "silenced"
          | "withdrawn"
          | "limited"
          | "invalid-target"
          | "not-installed"
          | "name-not-resolved"
          | "connection-refused"
          | "connection-reset"
          | "connection-timed-out"
          | "unreachable"
          | "address-in-use"
          | "message-too-big"
          | "invalid-request"
          | "bad-response"
          | "too-large"
          | "too-slow"
          | "redirect-refused"
          | "certificate-name-mismatch"
          | "certificate-untrusted"
          | "certificate-expired"
          | "tls-failed"
          | "not-resumable"
          | "permission-ended"
          | "idle-timeout"
          | "closed-by-person"
          | "broker-stopping"
          | "app-gone"
          | "protocol-error"
          | "internal-error";
        phase: "policy" | "dns" | "connect" | "tls" | "transfer";
        message: string;
        retryAfterMs?: number | undefined;
      } | null;
    };
  }
  | {
    name: "network";
    data: {
      online: boolean | null;
      kind: "unknown" | "wifi" | "ethernet" | "mobile" | "vpn";
      metered: boolean | null;
      dataSaver: boolean | null;
    };
  };

/** What a `waiting` event tells: a person is being asked, and something waits for the answer. */
interface Waiting {
  /** What is waited for: the app's installation, or the answer to a request. */
  for: "installation" | "request";
  requestId: RequestId | null;
  /** What the app wants, `host:port` for a socket; null for the installation. */
  target: string | null;
}

/** A request's id. */
type RequestId = `req_${string}`;

/** What the SDK finds out about its relay, the connection that all sockets share. */
interface RelayEvents {
  /** It was lost: the broker stopped, or was restarted. Open sockets have ended; the SDK connects again by itself. */
  "relay-lost": {
    /** A sentence for people. */
    message: string;
  };
  /** It is there again. Sockets are opened anew by the app. */
  "relay-restored": null;
}

/** The network, as the app may know it. Fires `change` with a `Connectivity` as its detail. */
declare class Network extends EventTarget {
  #private;
  /** Adds a listener, as every EventTarget does; the first one opens the app's event stream. */
  addEventListener(
    name: string,
    listener: EventListenerOrEventListenerObject | null,
    options?: boolean | AddEventListenerOptions,
  ): void;
  /**
   * The facts, asking the person where nobody has answered yet.
   *
   * @throws DOMException `NotAllowedError` when the person or the policy says no.
   */
  get({ reason, signal }?: NetworkAskOptions): Promise<NetworkFacts>;
}

/** Why the app wants to know. */
interface NetworkAskOptions {
  /** At most 140 characters, shown as the app's own words if a person has to be asked. */
  reason?: string;
  signal?: AbortSignal;
}

/** Answer to `GET /network`. */
type NetworkFacts = {
  addresses: {
    address: string;
    family: 6 | 4;
    space: "public" | "local" | "loopback" | "refused";
    interfaceName: string;
  }[];
  publicAddresses: { ipv4: string | null; ipv6: string | null };
  online: boolean | null;
  kind: "unknown" | "wifi" | "ethernet" | "mobile" | "vpn";
  metered: boolean | null;
  dataSaver: boolean | null;
};

/** The permissions of one app at one broker. All methods throw as `BrokerApi.call` does. */
declare class Permissions extends HostPermissions {
  #private;
  /** The state of a permission, without asking anybody. */
  query(descriptor: WantedPermission): Promise<PermissionStatus>;
  /** Every permission that this app has, denials too. */
  list(): Promise<OwnGrant[]>;
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
}

/**
 * What an app may do with sites that it declares. Methods throw as `BrokerApi.call` does; for a call that is wrong the
 * message is Chrome's.
 */
declare class HostPermissions {
  #private;
  /** Access to a site was granted, by whatever route. */
  get onAdded(): SiteEvent;
  /** Access to a site is gone. */
  get onRemoved(): SiteEvent;
  /**
   * Shows the person, without a gesture and without a dialog, that the app would like access to the page in a tab. Says at
   * once whether the call is valid; what comes of it is told by `onAdded`.
   */
  addHostAccessRequest(
    details: HostAccessDetails,
    callback?: HostAccessCallback | null,
  ): Promise<boolean>;
  /** Takes such a request back. Says whether there was one. */
  removeHostAccessRequest(
    details: HostAccessDetails,
    callback?: HostAccessCallback | null,
  ): Promise<boolean>;
  /** Whether the app has access to every one of these sites. */
  contains(sites: NamedSites): Promise<boolean>;
  /** The sites that the app has access to. */
  getAll(): Promise<SitePermissions>;
  /** Gives back access to sites that the app may ask for; those that it never had are passed over. */
  remove(sites: NamedSites): Promise<boolean>;
  /**
   * Asks the person for sites that the app declares, and waits for the answers. True when it has access to all of them
   * afterwards; asks nobody when it has already.
   */
  protected requestSites(sites: NamedSites, options: SiteAskOptions): Promise<boolean>;
}

/** An event with listeners, as `chrome.events.Event` is. */
declare class SiteEvent {
  #private;
  /** Adds a listener; one that is there is not added again. */
  addListener(listener: SiteListener): void;
  /** Takes a listener out. */
  removeListener(listener: SiteListener): void;
  /** Whether this listener is there. */
  hasListener(listener: SiteListener): boolean;
  /** Tells every listener of one site. */
  tell(origin: string): void;
}

/** Hears of sites. */
type SiteListener = (permissions: SitePermissions) => void;

/** Sites that came or went, as the Permissions API of extensions names them. */
interface SitePermissions {
  /** Always empty: the broker has no permissions by name. */
  permissions: string[];
  /** Match patterns. */
  origins: string[];
}

/** In which tab a host access request is shown: exactly one of `tabId` and `documentId`. */
interface HostAccessDetails {
  tabId?: number;
  /** The top-level document of the tab. */
  documentId?: string;
  /** A match pattern of the pages of the site on which it is shown; all of them when absent. */
  pattern?: string;
}

/** Told, beside the promise, whether a call is valid, and if it is not, why: in Chrome's words. */
type HostAccessCallback = (valid: boolean, error: string | null) => void;

/** Sites by their match patterns, whose paths are not used. */
interface NamedSites {
  origins?: string[];
  /** The broker has no permissions by name: every name is refused. */
  permissions?: string[];
}

/** How a question is put. */
interface SiteAskOptions {
  reason?: string;
  signal?: AbortSignal;
}

/** A permission that is asked about. */
interface WantedPermission extends Omit<PermissionDescriptor, "secureTransport"> {
  /**
   * Whether it is for encrypted connections alone: what a person allows then covers no plain ones. For the capability
   * `tcp-connect`; false when absent.
   */
  secureTransport?: boolean;
}

/** A permission that is asked about. */
type PermissionDescriptor = {
  capability:
    | "host-access"
    | "tcp-connect"
    | "tcp-listen"
    | "udp-send"
    | "udp-bind"
    | "udp-multicast"
    | "network-info";
  target: string;
  secureTransport: boolean;
};

/** Answer to `POST /permissions/query`. */
type PermissionStatus = {
  state: "denied" | "granted" | "prompt";
  reason:
    | "silenced"
    | "invalid-target"
    | "not-installed"
    | "insecure-context"
    | "third-party-frame"
    | "rule-error"
    | "policy-deny"
    | "own-port"
    | "metadata-address"
    | "broadcast-address"
    | "multicast-address"
    | "refused-address"
    | "non-public-name"
    | "bad-port"
    | "cors-host"
    | "limit"
    | "policy-allow"
    | "lockdown"
    | "paused"
    | "host-blocked"
    | "grant-deny"
    | "grant-allow"
    | "budget-spent"
    | "embargo"
    | "quiet"
    | "asking-forbidden"
    | "no-answer-yet";
  message: string;
};

/** A grant as the app that has it sees it. */
type OwnGrant = {
  duration: { kind: "once" } | { kind: "until-app-closes" } | { kind: "for"; ms: number } | {
    kind: "until";
    atMs: number;
  } | { kind: "always" };
  createdAtMs: number;
  expiresAtMs: number | null;
  id: `grant_${string}`;
  effect: "allow" | "deny";
  capability:
    | "host-access"
    | "tcp-connect"
    | "tcp-listen"
    | "udp-send"
    | "udp-bind"
    | "udp-multicast"
    | "network-info";
  target: string;
  secureTransport?: true;
  serverName?: string;
};

/** How to ask. */
interface AskOptions {
  /** Why the app asks: at most 140 characters, shown to the person as the app's own words. */
  reason?: string;
  /** Withdraws the question when it aborts. */
  signal?: AbortSignal;
}

/** The tabs of one app. Methods throw as `BrokerApi.call` does. */
declare class Contexts {
  #private;
  /** Tells how a tab stands. Only while a tab is in front is anything shown about it. */
  report(tabId: number, { url, active, documentId }: TabReport): Promise<void>;
  /** Tells that a tab was closed. */
  close(tabId: number): Promise<void>;
  /** Tells that the browser has started anew: none of its tabs is there any more. */
  clear(): Promise<void>;
  /** Tells of the page that this runs in, from now on until it is stopped. */
  followPage(page?: FollowedPage): PageContext;
}

/** How a tab stands. */
interface TabReport {
  /** The page in it, an absolute URL. */
  url: string;
  /** Whether it is the one in front, in its window. */
  active: boolean;
  /** The top-level document in it. */
  documentId?: string | null;
}

/** The parts of a window that tell. */
interface FollowedPage extends Pick<EventTarget, "addEventListener" | "removeEventListener"> {
  readonly location: {
    readonly href: string;
  };
  readonly document: Pick<Document, "visibilityState" | "addEventListener" | "removeEventListener">;
  readonly sessionStorage: Pick<Storage, "getItem" | "setItem" | "removeItem">;
  readonly navigation?: Pick<EventTarget, "addEventListener" | "removeEventListener">;
}

/** A page that is followed. */
interface PageContext {
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

/** How an app sees itself. */
type OwnApp = {
  id: `app_${string}`;
  kind: "web" | "extension" | "program";
  origin: string | null;
  name: string;
  state: "pending-installation" | "installed" | "paused";
};

/** What `fetch` takes beside the standard's own options. */
interface FetchOptions extends RequestInit {
  /** Why the app asks: at most 140 characters, shown as the app's own words if a person has to be asked. */
  reason?: string;
  /** Called whenever bytes have gone or come. */
  onProgress?(progress: FetchProgress): void;
}

/** How far a fetch has come, in bytes of the bodies. */
interface FetchProgress {
  sentBytes: number;
  receivedBytes: number;
  /** How long the answer is; null while that is not known, and when it came compressed. */
  totalBytes: number | null;
}

/** How a resource URL is made. */
interface ResourceUrlOptions {
  /** How long it is good, in milliseconds: from a second to a day; ten minutes when absent. */
  expiresInMs?: number;
  /** Headers that are sent with every load. */
  headers?: HeadersInit;
}

/** A socket as it stood when the ticket was made. Keep it secret, and use it once. */
interface ReattachTicket {
  /** Whether it is a `TLSSocket` (`on`) or a `TCPSocket`. */
  secureTransport: "off" | "on";
  sessionId: string;
  resumeSecret: string;
  receiveBufferSize: number;
  /** How many bytes the reader has taken: what follows is read from the socket that comes back. */
  receivedBytes: number;
  /** How many bytes of the writer were sent; of a write that was still under way, this tells how far it got. */
  sentBytes: number;
  /** Whether the writable stream was closed. */
  finished: boolean;
  /** Those of the sent bytes that may be on their way, base64. */
  unacknowledged: string;
}

/** Options of `reattach()`. */
interface ReattachOptions {
  /** Ends the socket when it aborts, at any time. */
  signal?: AbortSignal;
}

/** A TCP connection that the broker opens once a person, or an earlier permission, allows it. */
declare class TCPSocket {
  #private;
  /**
   * Starts to open a connection.
   *
   * @param remoteAddress A host name or an IP address.
   * @param remotePort The port, modulo 65536.
   * @throws TypeError for wrong arguments, before anything is sent.
   * @throws DOMException `NotSupportedError` when neither `connect()` nor `install()` was called.
   */
  constructor(remoteAddress: string, remotePort: number, options?: TCPSocketOptions);
  /**
   * Resolves when the connection is open, which may take as long as a person takes to answer.
   *
   * Rejects, together with `closed`, with a DOMException whose `cause` is a `FailureCause`: `NotAllowedError` when the
   * person or the policy said no, `NetworkError` when there is no such name, no such server, or no broker; or with the
   * reason of the aborted `signal`.
   */
  get opened(): Promise<TCPSocketOpenInfo>;
  /** Settles once both streams are closed or errored; rejects with the first error of a stream. */
  get closed(): Promise<undefined>;
  /**
   * Closes both directions; what was written already is still sent.
   *
   * @returns `closed`. Rejects with `InvalidStateError` while the socket is opening, when it never opened, and while one
   * of its streams is locked.
   */
  close(): Promise<undefined>;
  /**
   * Encrypts the connection, after the app and the server have agreed on it in plain text. To be called once the server's
   * answer has been read to its end, and before anything else is read. This socket's streams are over and `closed` resolves;
   * the connection goes on in the socket that is returned. Not in the specification; the name is that of WinterTC's sockets.
   *
   * @returns A socket whose `opened` resolves once the server's certificate is verified, for `sni` or else for the remote
   * address. It rejects with `NetworkError` when that fails, and when the server has sent plain text that was not read.
   * @throws TypeError for wrong options.
   * @throws DOMException `InvalidStateError` when the socket was not made with `secureTransport: "starttls"`, is not open, is
   * closed one way, or has a read pending.
   */
  startTls(options?: StartTlsOptions): TLSSocket;
  /**
   * A ticket by which a page that is reloaded goes on with the connection, by `gatehouse.reattach()`: to be made in the
   * page's `pagehide` event and kept in sessionStorage. It tells how much the app has read and written until now. Null unless
   * the socket was made with `reattach: true`, is open, and is still read. Not in the specification.
   */
  get reattachTicket(): ReattachTicket | null;
  /** Ends the socket at once, whatever its state and whoever holds its streams. Not in the specification. */
  [Symbol.asyncDispose](): Promise<void>;
}

/** Options of `TCPSocket` (Direct Sockets, `TCPSocketOptions`, and what goes beyond it). */
interface TCPSocketOptions {
  /** Not passed on: the broker's system decides. Checked all the same. */
  sendBufferSize?: number;
  /** How many bytes may wait here for the reader; 1 MiB when absent. */
  receiveBufferSize?: number;
  /** Send small writes at once (TCP_NODELAY). */
  noDelay?: boolean;
  /** TCP keep-alive after this many idle milliseconds; off when absent. */
  keepAliveDelay?: number;
  /** Look up only this kind of address. */
  dnsQueryType?: SocketDnsQueryType;
  /**
   * `starttls`: the connection begins in plain text, and `startTls()` may encrypt it. `off` when absent: it stays plain. The
   * names are those of WinterTC's sockets. Not in the specification.
   */
  secureTransport?: SecureTransport;
  /**
   * A page that is reloaded may go on with the connection, by `reattachTicket` and `gatehouse.reattach()`. The broker holds it
   * for 10 s then. Not with `starttls`. Not in the specification.
   */
  reattach?: boolean;
  /** Ends the socket when it aborts, at any time. Not in the specification. */
  signal?: AbortSignal;
  /** Why the app wants this connection, shown to the person. Not in the specification. */
  reason?: string;
  /** The broker connection to use; that of the last `connect()` when absent. Not in the specification. */
  gatehouse?: Gatehouse;
}

/** The address family to look a name up for. */
type SocketDnsQueryType = "ipv4" | "ipv6";

/** Whether a plain connection may be encrypted later. One that is encrypted from the beginning is a `TLSSocket`. */
type SecureTransport = "off" | "starttls";

/** What `opened` resolves to (Direct Sockets, `TCPSocketOpenInfo`). */
interface TCPSocketOpenInfo {
  /** A byte stream of what the peer sends. It closes at the peer's FIN; the socket can then still be written to. */
  readable: ReadableStream<Uint8Array<ArrayBuffer>>;
  /** Takes BufferSource chunks of any size. Closing or aborting it sends FIN; the socket can then still be read. */
  writable: WritableStream<BufferSource>;
  /** The other end's address. */
  remoteAddress: string;
  remotePort: number;
  /** The broker's own end. */
  localAddress: string;
  localPort: number;
}

/** Options of `startTls()`. */
interface StartTlsOptions extends TlsOptions {
  /** Ends the encrypted socket when it aborts; that of the plain one when absent. */
  signal?: AbortSignal;
}

/** How to encrypt a connection. There is no option to leave the certificate unverified. */
interface TlsOptions {
  /** The name to send to the server and to verify its certificate for; the remote address when absent. */
  sni?: string;
  /** The application protocols to offer, the best one first: at most 16, each of 1 to 255 visible ASCII characters. */
  alpn?: string[];
  /**
   * A certificate of the app's own, PEM, for a server that asks for one; those that it depends on may follow. Needs `key`.
   * Both together have at most 12,000 characters.
   */
  cert?: string;
  /** The private key of `cert`, PEM, not encrypted. The broker uses it for the handshake, and neither keeps nor shows it. */
  key?: string;
}

/**
 * A TLS connection that the broker opens once a person, or an earlier permission, allows it. The broker verifies the
 * server's certificate, always: for `sni`, or for the remote address when that is absent.
 */
declare class TLSSocket {
  #private;
  /**
   * Starts to open a connection.
   *
   * @param remoteAddress A host name or an IP address.
   * @param remotePort The port, modulo 65536.
   * @throws TypeError for wrong arguments, before anything is sent.
   * @throws DOMException `NotSupportedError` when neither `connect()` nor `install()` was called.
   */
  constructor(remoteAddress: string, remotePort: number, options?: TLSSocketOptions);
  /**
   * Resolves when the connection is open, which may take as long as a person takes to answer.
   *
   * Rejects, together with `closed`, with a DOMException whose `cause` is a `FailureCause`: `NotAllowedError` when the
   * person or the policy said no, `NetworkError` when there is no such name, no such server, or no broker, or when the
   * server's certificate does not hold; or with the reason of the aborted `signal`.
   */
  get opened(): Promise<TLSSocketOpenInfo>;
  /** Settles once both streams are closed or errored; rejects with the first error of a stream. */
  get closed(): Promise<undefined>;
  /**
   * Closes both directions; what was written already is still sent.
   *
   * @returns `closed`. Rejects with `InvalidStateError` while the socket is opening, when it never opened, and while one
   * of its streams is locked.
   */
  close(): Promise<undefined>;
  /**
   * A ticket by which a page that is reloaded goes on with the connection, by `gatehouse.reattach()`: to be made in the
   * page's `pagehide` event and kept in sessionStorage. It tells how much the app has read and written until now. Null unless
   * the socket was made with `reattach: true`, is open, and is still read. Not in the specification.
   */
  get reattachTicket(): ReattachTicket | null;
  /** Ends the socket at once, whatever its state and whoever holds its streams. Not in the specification. */
  [Symbol.asyncDispose](): Promise<void>;
}

/** Options of `TLSSocket`. */
interface TLSSocketOptions extends TCPSocketOptions, TlsOptions {
}

/** What `opened` resolves to. */
interface TLSSocketOpenInfo extends TCPSocketOpenInfo {
  /** The application protocol that was agreed on (RFC 7301); null when none was. */
  alpn: string | null;
  /** The server's certificate, which was verified; null where the broker's platform does not tell. */
  certificate: CertificateFacts | null;
}

/** What a server's certificate says of itself. */
type CertificateFacts = {
  subject: string;
  issuer: string;
  validFromMs: number;
  validToMs: number;
  fingerprint256: string;
};

/** Answer to `GET /apps/me/scope`. */
type OwnScope = {
  url: string;
  within: "scope" | "extended-scope" | "out-of-scope";
  reason:
    | "within-scope"
    | "within-extension"
    | "outside-scope"
    | "outside-extension"
    | "extension-not-agreed"
    | "extension-withdrawn"
    | "other-origin"
    | "no-scope";
  message: string;
  vouchedBy: string | null;
  scope: string | null;
  manifestVerified: boolean;
};

/**
 * Connects, and defines `TCPSocket`, `UDPSocket`, `TCPServerSocket`, `TLSSocket`, `MulticastController`,
 * `navigator.openTCPSocket` and `navigator.openUDPSocket` in `scope`: only where the context is secure (or says nothing
 * about it, as outside a browser), and only where there is none already.
 *
 * @returns and throws as `connect()` does; the names are defined at once.
 */
declare function install(scope: InstallScope, options: ConnectOptions): Promise<Gatehouse>;

/** A global scope: a window, a worker, or something that stands in for one. */
interface InstallScope {
  readonly isSecureContext?: boolean;
  readonly navigator?: object;
}

/**
 * Fetches through the broker that `connect()` or `install()` found.
 *
 * @throws As `Gatehouse.fetch` does, and DOMException `NotSupportedError` when neither was called.
 */
declare function fetch(input: RequestInfo | URL, options?: FetchOptions): Promise<Response>;

/** A TCP listener that the broker opens on its own machine once a person, or an earlier permission, allows it. */
declare class TCPServerSocket {
  #private;
  /**
   * Starts to listen.
   *
   * @param localAddress An address of the broker's machine: `127.0.0.1` or `::1` for programs there, `0.0.0.0` or `::` for
   * everyone who can reach it.
   * @throws TypeError for wrong arguments, before anything is sent.
   * @throws DOMException `NotSupportedError` when neither `connect()` nor `install()` was called.
   */
  constructor(localAddress: string, options?: TCPServerSocketOptions);
  /**
   * Resolves when the broker listens, which may take as long as a person takes to answer.
   *
   * Rejects, together with `closed`, with a DOMException whose `cause` is a `FailureCause`: `NotAllowedError` when the
   * person or the policy said no, `NetworkError` when the address is not the machine's, or in use, or when there is no
   * broker; or with the reason of the aborted `signal`.
   */
  get opened(): Promise<TCPServerSocketOpenInfo>;
  /** Settles once the stream is closed or errored; rejects with its error. */
  get closed(): Promise<undefined>;
  /**
   * Stops listening; connections that were accepted live on.
   *
   * @returns `closed`. Rejects with `InvalidStateError` while the socket is opening, when it never opened, and while its
   * stream is locked.
   */
  close(): Promise<undefined>;
  /** Stops listening at once, whatever its state and whoever holds its stream. Not in the specification. */
  [Symbol.asyncDispose](): Promise<void>;
}

/** Options of `TCPServerSocket` (Direct Sockets, `TCPServerSocketOptions`, and what goes beyond it). */
interface TCPServerSocketOptions {
  /** The port to listen on; one from 32768 that the broker's system chooses when absent. */
  localPort?: number;
  /** How many connections may wait to be accepted; as many as the system lets when absent. */
  backlog?: number;
  /** Whether a listener on `::` turns away who comes over IPv4. */
  ipv6Only?: boolean;
  /** Ends the socket when it aborts, at any time. Not in the specification. */
  signal?: AbortSignal;
  /** Why the app wants to listen, shown to the person. Not in the specification. */
  reason?: string;
  /** The broker connection to use; that of the last `connect()` when absent. Not in the specification. */
  gatehouse?: Gatehouse;
}

/** What `opened` resolves to (Direct Sockets, `TCPServerSocketOpenInfo`). */
interface TCPServerSocketOpenInfo {
  /** The connections, each as a `TCPSocket` that is open already. One is accepted whenever one is read. */
  readable: ReadableStream<TCPSocket>;
  localAddress: string;
  localPort: number;
}

/** A UDP socket that the broker opens once a person, or an earlier permission, allows it. */
declare class UDPSocket {
  #private;
  /**
   * Starts to open a socket: connected to `remoteAddress` and `remotePort`, or bound to `localAddress`.
   *
   * @throws TypeError for wrong options, before anything is sent.
   * @throws DOMException `NotSupportedError` when neither `connect()` nor `install()` was called.
   */
  constructor(options?: UDPSocketOptions);
  /**
   * Resolves when the socket is open, which may take as long as a person takes to answer.
   *
   * Rejects, together with `closed`, with a DOMException whose `cause` is a `FailureCause`: `NotAllowedError` when the
   * person or the policy said no, `NetworkError` when there is no such name, the port is in use, or there is no broker; or
   * with the reason of the aborted `signal`.
   */
  get opened(): Promise<UDPSocketOpenInfo>;
  /** Settles once both streams are closed or errored; rejects with the first error of a stream. */
  get closed(): Promise<undefined>;
  /** What was dropped; up to a second behind. Not in the specification. */
  get dropped(): UDPDropped;
  /**
   * Closes both directions; what was written already is still sent.
   *
   * @returns `closed`. Rejects with `InvalidStateError` while the socket is opening, when it never opened, and while one
   * of its streams is locked.
   */
  close(): Promise<undefined>;
  /** Ends the socket at once, whatever its state and whoever holds its streams. Not in the specification. */
  [Symbol.asyncDispose](): Promise<void>;
}

/** Options of `UDPSocket` (Direct Sockets, `UDPSocketOptions`, and what goes beyond it). */
interface UDPSocketOptions {
  /** Not passed on: the broker's system decides. Checked all the same. */
  sendBufferSize?: number;
  /** Not passed on: 32 datagrams wait for the reader, however long. Checked all the same. */
  receiveBufferSize?: number;
  /** The one peer of a connected socket, with `remotePort`: a host name or an IP address. */
  remoteAddress?: string;
  remotePort?: number;
  /** The address of the broker's machine that a bound socket has, in place of `remoteAddress`. */
  localAddress?: string;
  /** The port of a bound socket; one from 32768 that the broker's system chooses when absent. */
  localPort?: number;
  /** Look up only this kind of address. For connected sockets. */
  dnsQueryType?: SocketDnsQueryType;
  /** Whether a socket on `::` takes no IPv4. */
  ipv6Only?: boolean;
  /** Let other programs of the broker's machine bind the same port, as many do for multicast. For bound sockets. */
  multicastAllowAddressSharing?: boolean;
  /** How many routers a datagram to a group may pass; 1 when absent. For bound sockets. */
  multicastTimeToLive?: number;
  /** Whether the broker's machine hears its own datagrams to a group; true when absent. For bound sockets. */
  multicastLoopback?: boolean;
  /** Ends the socket when it aborts, at any time. Not in the specification. */
  signal?: AbortSignal;
  /** Why the app wants the socket, shown to the person. Not in the specification. */
  reason?: string;
  /** The broker connection to use; that of the last `connect()` when absent. Not in the specification. */
  gatehouse?: Gatehouse;
}

/** What `opened` resolves to (Direct Sockets, `UDPSocketOpenInfo`). */
interface UDPSocketOpenInfo {
  /** The datagrams that come: 32 wait for the reader, further ones are dropped. */
  readable: ReadableStream<ReceivedUDPMessage>;
  /** Takes messages; one of more than 65,507 bytes ends the socket. */
  writable: WritableStream<UDPMessage>;
  /** The peer of a connected socket. */
  remoteAddress?: string;
  remotePort?: number;
  /** The broker's own end. */
  localAddress: string;
  localPort: number;
  /** The groups of a bound socket. */
  multicastController?: MulticastController;
}

/** What a read gives: the data of a message that came is always a `Uint8Array`. */
interface ReceivedUDPMessage extends UDPMessage {
  data: Uint8Array<ArrayBuffer>;
}

/** A datagram, with its other end where the socket is bound. */
interface UDPMessage {
  data: BufferSource;
  /** Of a bound socket: where it goes to or comes from. May be a host name in a write. */
  remoteAddress?: string;
  remotePort?: number;
  /** Of a write on a bound socket: look up only this kind of address. */
  dnsQueryType?: SocketDnsQueryType;
}

/** The groups of one socket. */
declare class MulticastController {
  #private;
  /** The groups now: their addresses, or memberships where one source is heard alone. The same array until they change. */
  get joinedGroups(): readonly (string | MulticastMembership)[];
  /**
   * Joins a group, which may take as long as a person takes to answer.
   *
   * Rejects with TypeError for what is no IP address; with `InvalidStateError` when the group is joined, or being joined,
   * or the socket is closed; with `NotAllowedError` when the person or the policy said no, and with `NetworkError` when the
   * broker's system can't.
   */
  joinGroup(ipAddress: string, options?: MulticastGroupOptions): Promise<undefined>;
  /**
   * Leaves a group.
   *
   * Rejects with TypeError for what is no IP address, and with `InvalidStateError` when the group is not joined, or the
   * socket is closed.
   */
  leaveGroup(ipAddress: string, options?: MulticastGroupOptions): Promise<undefined>;
}

/** A group that is joined for one source alone. */
interface MulticastMembership {
  readonly groupAddress: string;
  readonly sourceAddress: string;
}

/** Options of `joinGroup()` and `leaveGroup()`. */
interface MulticastGroupOptions {
  /** Hear this source alone (RFC 4607). */
  sourceAddress?: string;
}

/** How many datagrams were dropped since the socket opened. Not in the specification. */
interface UDPDropped {
  /** Those that came while the app was slow. */
  readonly received: number;
  /** Those of the app: refused, over a limit, or not taken by the network. */
  readonly sent: number;
  /** Why the last one of the app was dropped. */
  readonly reason: string | null;
}

/**
 * Opens a TCP connection once a person, or an earlier permission, allows it.
 *
 * @throws TypeError for options out of range; DOMException as `TCPSocket.opened` rejects.
 */
declare function openTCPSocket(options?: LegacyTCPSocketOptions): Promise<LegacyTCPSocket>;

/** Options of `navigator.openTCPSocket()` (Raw Sockets, `SocketOptions`). */
interface LegacyTCPSocketOptions {
  /** A host name or an IP address. When absent the person is asked for it, on the card. */
  remoteAddress?: string;
  /** When absent the person is asked for it too. */
  remotePort?: number;
  noDelay?: boolean;
  /** Seconds of idleness before keep-alive; `true` is 60, `false` and 0 are off. */
  keepAlive?: boolean | number;
  sendBufferSize?: number;
  receiveBufferSize?: number;
}

/** What `navigator.openTCPSocket()` resolves to: a socket that is open. */
declare class LegacyTCPSocket {
  #private;
  /** What the peer sends. */
  get readable(): ReadableStream<Uint8Array<ArrayBuffer>>;
  /** What goes to the peer. */
  get writable(): WritableStream<BufferSource>;
  /** The address that the broker connected to. */
  get remoteAddress(): string;
  /** The port that the broker connected to. */
  get remotePort(): number;
  /** Closes both directions, as `TCPSocket.close()` does. */
  close(): Promise<undefined>;
}

/**
 * Opens a UDP socket for one peer once a person, or an earlier permission, allows it.
 *
 * @throws TypeError for options out of range; DOMException as `UDPSocket.opened` rejects.
 */
declare function openUDPSocket(options?: LegacyUDPSocketOptions): Promise<LegacyUDPSocket>;

/** Options of `navigator.openUDPSocket()` (Raw Sockets, `SocketOptions`). */
interface LegacyUDPSocketOptions {
  /** A host name or an IP address. When absent the person is asked for it, on the card. */
  remoteAddress?: string;
  /** When absent the person is asked for it too. */
  remotePort?: number;
  sendBufferSize?: number;
  receiveBufferSize?: number;
}

/** What `navigator.openUDPSocket()` resolves to: a socket that is open. What others than its peer send is dropped. */
declare class LegacyUDPSocket {
  #private;
  /** The address of the peer. */
  get remoteAddress(): string;
  /** The port of the peer. */
  get remotePort(): number;
  /**
   * Sends one datagram.
   *
   * Rejects with TypeError for an empty one, and as the writes of `UDPSocket` do.
   */
  send(data: Blob): Promise<undefined>;
  /** Each datagram of the peer, with where it came from. Ends with the socket; leaving the loop does not close it. */
  [Symbol.asyncIterator](): AsyncGenerator<[LegacyPeer, Blob], undefined>;
  /** Closes the socket; what was sent already goes out. */
  close(): Promise<undefined>;
}

/** Where a datagram came from. */
interface LegacyPeer {
  remoteAddress: string;
  remotePort: number;
}

/**
 * The `cause` of every DOMException that the SDK makes for a failure: the broker's word about a socket (`SessionError`) or
 * about a call (`Problem`), or what the SDK found out by itself.
 */
type FailureCause = SessionError | Problem | LocalFault;

/** Why a session failed to open, or was ended. */
type SessionError = {
  code:
    | "denied"
    | "silenced"
    | "withdrawn"
    | "limited"
    | "invalid-target"
    | "not-installed"
    | "name-not-resolved"
    | "connection-refused"
    | "connection-reset"
    | "connection-timed-out"
    | "unreachable"
    | "address-in-use"
    | "message-too-big"
    | "invalid-request"
    | "bad-response"
    | "too-large"
    | "too-slow"
    | "redirect-refused"
    | "certificate-name-mismatch"
    | "certificate-untrusted"
    | "certificate-expired"
    | "tls-failed"
    | "not-resumable"
    | "permission-ended"
    | "idle-timeout"
    | "closed-by-person"
    | "broker-stopping"
    | "app-gone"
    | "protocol-error"
    | "internal-error";
  phase: "policy" | "dns" | "connect" | "tls" | "transfer";
  message: string;
  retryAfterMs?: number | undefined;
};

/** Problem details. */
type Problem = {
  type:
    | "urn:gatehouse:problem:not-installed"
    | "urn:gatehouse:problem:internal-error"
    | "urn:gatehouse:problem:invalid-body"
    | "urn:gatehouse:problem:invalid-query"
    | "urn:gatehouse:problem:invalid-header"
    | "urn:gatehouse:problem:unsupported-media-type"
    | "urn:gatehouse:problem:body-too-large"
    | "urn:gatehouse:problem:not-found"
    | "urn:gatehouse:problem:method-not-allowed"
    | "urn:gatehouse:problem:host-not-allowed"
    | "urn:gatehouse:problem:origin-not-allowed"
    | "urn:gatehouse:problem:insecure-context"
    | "urn:gatehouse:problem:third-party-frame"
    | "urn:gatehouse:problem:not-signed-in"
    | "urn:gatehouse:problem:secret-missing"
    | "urn:gatehouse:problem:launch-link-spent"
    | "urn:gatehouse:problem:token-missing"
    | "urn:gatehouse:problem:token-unknown"
    | "urn:gatehouse:problem:stale-review"
    | "urn:gatehouse:problem:request-ended"
    | "urn:gatehouse:problem:target-widened"
    | "urn:gatehouse:problem:duration-not-allowed"
    | "urn:gatehouse:problem:set-by-policy"
    | "urn:gatehouse:problem:queue-full"
    | "urn:gatehouse:problem:upgrade-required"
    | "urn:gatehouse:problem:fetch-refused"
    | "urn:gatehouse:problem:fetch-failed"
    | "urn:gatehouse:problem:store-unavailable";
  title: string;
  status: number;
  detail: string;
  errors?: { pointer: string; detail: string }[] | undefined;
  retryAfterMs?: number | undefined;
  cause?: {
    code:
      | "denied"
      | "silenced"
      | "withdrawn"
      | "limited"
      | "invalid-target"
      | "not-installed"
      | "name-not-resolved"
      | "connection-refused"
      | "connection-reset"
      | "connection-timed-out"
      | "unreachable"
      | "address-in-use"
      | "message-too-big"
      | "invalid-request"
      | "bad-response"
      | "too-large"
      | "too-slow"
      | "redirect-refused"
      | "certificate-name-mismatch"
      | "certificate-untrusted"
      | "certificate-expired"
      | "tls-failed"
      | "not-resumable"
      | "permission-ended"
      | "idle-timeout"
      | "closed-by-person"
      | "broker-stopping"
      | "app-gone"
      | "protocol-error"
      | "internal-error";
    phase: "policy" | "dns" | "connect" | "tls" | "transfer";
    message: string;
    retryAfterMs?: number | undefined;
  } | undefined;
};

/** What the SDK itself found out, where the broker could not answer. */
interface LocalFault {
  /**
   * Which wall stands in the way: `broker-not-running`, the browser's own `browser-blocked` and `browser-asking`
   * (local-network permission: denied, and not given yet) or `mixed-content`; or `relay-lost`: the connection to the broker
   * ended while it was in use.
   */
  code:
    | "broker-not-running"
    | "browser-blocked"
    | "browser-asking"
    | "mixed-content"
    | "relay-lost";
  /** A sentence for people, with what to do. */
  message: string;
}

export {
  AppDescription,
  AppEventDetails,
  AppEvents,
  AskOptions,
  connect,
  ConnectOptions,
  Contexts,
  FailureCause,
  fetch,
  FetchOptions,
  FetchProgress,
  Gatehouse,
  HostAccessCallback,
  HostAccessDetails,
  install,
  LegacyPeer,
  LegacyTCPSocket,
  LegacyTCPSocketOptions,
  LegacyUDPSocket,
  LegacyUDPSocketOptions,
  LocalFault,
  MulticastController,
  MulticastGroupOptions,
  MulticastMembership,
  NamedSites,
  Network,
  NetworkAskOptions,
  openTCPSocket,
  openUDPSocket,
  PageContext,
  Permissions,
  ReattachOptions,
  ReattachTicket,
  ReceivedUDPMessage,
  ResourceUrlOptions,
  SecureTransport,
  SiteEvent,
  SiteListener,
  SitePermissions,
  SocketDnsQueryType,
  StartTlsOptions,
  TabReport,
  TCPServerSocket,
  TCPServerSocketOpenInfo,
  TCPServerSocketOptions,
  TCPSocket,
  TCPSocketOpenInfo,
  TCPSocketOptions,
  TLSSocket,
  TLSSocketOpenInfo,
  TLSSocketOptions,
  UDPDropped,
  UDPMessage,
  UDPSocket,
  UDPSocketOpenInfo,
  UDPSocketOptions,
  Waiting,
  WantedPermission,
};
