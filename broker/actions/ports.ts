/**
 * The ports: everything that an action needs from outside, as interfaces. Real parts and test twins stand behind them;
 * `main.ts` wires the real ones.
 *
 * @module
 */
import type { App } from "../schema/app.ts";
import type { BlockedHost } from "../schema/blocked_host.ts";
import type { CookieJar } from "../schema/cookie_jar.ts";
import type { Embargo } from "../schema/embargo.ts";
import type { Grant } from "../schema/grant.ts";
import type { GrantUse } from "../schema/grant_use.ts";
import type { HistoryDraft, HistoryEntry } from "../schema/history.ts";
import type { AppId, BootId, CredentialId, IdKinds } from "../schema/ids.ts";
import type { AppIcon, AppManifest } from "../schema/manifest.ts";
import type { Connectivity } from "../schema/network.ts";
import type { AccessRequest } from "../schema/request.ts";
import type { Session, SessionError, TlsFacts } from "../schema/session.ts";
import type { Settings } from "../schema/settings.ts";
import type { SignIn } from "../schema/sign_in.ts";
import type { BodyLimits } from "../core/body_limits.ts";
import type { GrantIndex } from "../core/grant_index.ts";
import type { HistoryMatch } from "../core/history_match.ts";
import type { HostAccessState } from "../core/host_access_requests.ts";
import type { Policy } from "../core/policy.ts";
import type { ReachedLimit } from "../core/question.ts";
import type { ConnectLimit, DatagramLimit } from "../core/rate_limits.ts";

/** Time, and waiting for it. */
export interface Clock {
  /** Now, in milliseconds since 1970-01-01T00:00:00Z. */
  nowMs(): number;
  /** Calls `callback` once after `delayMs`; the returned function calls it off. */
  setTimer(delayMs: number, callback: () => void): () => void;
}

/** Randomness and hashing. */
export interface Secrets {
  /** A new random id of a kind. */
  newId<Kind extends keyof IdKinds>(kind: Kind): IdKinds[Kind];
  /** A new secret: 256 random bits, base64url. */
  newToken(): string;
  /** SHA-256 of a text, in hexadecimal. */
  hash(text: string): string;
}

/** Which record belongs to which noun. */
export interface Records {
  app: App;
  request: AccessRequest;
  grant: Grant;
  /** One record for each grant that was used, with the grant's id. */
  grantUse: GrantUse;
  embargo: Embargo;
  /** What an app's own origin says of it; one record an app, with its id. */
  manifest: AppManifest;
  /** One record for each app that has an icon, with the app's id. */
  icon: AppIcon;
  blockedHost: BlockedHost;
  /** One record for each app that keeps cookies, with the app's id. */
  cookieJar: CookieJar;
  signIn: SignIn;
  /** One record, with the id `settings`. */
  settings: Settings;
}
/** The name of a kind of record. */
export type Noun = keyof Records;

/** A record and the version that a commit can check. */
export interface Stored<N extends Noun> {
  readonly record: Records[N];
  readonly version: string;
}

/** A record to be written. */
export type Put = { [N in Noun]: { noun: N; id: string; record: Records[N] } }[Noun];
/** A record to be removed. */
export interface Removal {
  noun: Noun;
  id: string;
}
/** A condition: the record still has this version (null: it does not exist). */
export interface Check extends Removal {
  version: string | null;
}

/** One change, made whole or not at all. */
export interface Batch {
  checks?: readonly Check[];
  puts?: readonly Put[];
  removals?: readonly Removal[];
  history?: readonly HistoryDraft[];
}

/** What a commit or another process on the same store has changed. Records are as they are now; removed ones as they last were. */
export interface StoreChange {
  readonly origin: "local" | "remote";
  readonly puts: readonly Put[];
  readonly removed: readonly Put[];
  readonly history: readonly HistoryEntry[];
}

/** Which history entries are wanted, newest first. */
export interface HistoryFilter extends HistoryMatch {
  beforeSeq?: number;
  limit: number;
}

/**
 * Where records live. Reads come from a cache that is whole and current, so a check never waits; writes are atomic, and
 * acknowledged only once they are durable.
 */
export interface Store {
  /** The record with this id, or undefined. */
  get<N extends Noun>(noun: N, id: string): Stored<N> | undefined;
  /** Every record of a noun, in no given order. */
  list<N extends Noun>(noun: N): Iterable<Records[N]>;
  /** The grants of one app, indexed for `decide()`. */
  grantsOf(appId: AppId): GrantIndex;
  /**
   * Makes one change. Answers `committed: false`, and changes nothing, when a check fails; throws `StoreUnavailableError`
   * when the store cannot write (a full disk, say).
   */
  commit(batch: Batch): Promise<{ committed: boolean }>;
  /** History entries, newest first. */
  history(filter: HistoryFilter): Promise<HistoryEntry[]>;
  /** Calls `listener` after every change, before `commit()` resolves; the returned function ends that. */
  subscribe(listener: (change: StoreChange) => void): () => void;
  /** Records that could not be read and so count as absent, each as a sentence; and what is wrong with the history. */
  readonly damage: readonly string[];
  /** How much of the history is kept. */
  readonly retention: { readonly maxAgeMs: number; readonly maxEntries: number };
}

/** Thrown by `Store.commit()` when the store cannot write. */
export class StoreUnavailableError extends Error {
  override name = "StoreUnavailableError";
}

/** Names to addresses. */
export interface Resolver {
  /**
   * Every address of a name: A and AAAA, or one of them. Empty when the name has none.
   * Throws `ConnectError` with phase `dns` when the name cannot be resolved in time.
   */
  resolve(name: string, options: { family?: 4 | 6; signal: AbortSignal }): Promise<string[]>;
}

/** Thrown by a resolver or dialer: why no connection came about. */
export class ConnectError extends Error {
  override name = "ConnectError";
  /** @param error The structured error; its message is a sentence for people. */
  constructor(readonly error: SessionError) {
    super(error.message);
  }
}

/** One end of a socket: an IP address and a port. */
export interface Endpoint {
  address: string;
  port: number;
}

/** A certificate of the app's own, with its private key, both PEM. Never logged, stored or shown. */
export interface ClientCertificate {
  /** The certificate, and after it those that it depends on. */
  cert: string;
  key: string;
}

/** How to encrypt a connection. */
export interface StartTlsOptions {
  /** The name, as an A-label, or the IP address that the certificate must be for; never empty. */
  serverName: string;
  /** The application protocols to offer, the best one first. */
  alpn: readonly string[];
  /** What to show a server that asks who the app is; absent: nothing. */
  clientCertificate?: ClientCertificate | undefined;
  signal: AbortSignal;
}

/** An open TCP connection. All of its methods may be called after it is closed. */
export interface TcpConnection {
  readonly remote: Endpoint;
  readonly local: Endpoint;
  /** Reads into `buffer`; resolves to the number of bytes, or null at the other side's FIN. */
  read(buffer: Uint8Array): Promise<number | null>;
  /** Writes all of `bytes`. */
  write(bytes: Uint8Array): Promise<void>;
  /** Half-close: sends FIN, reading goes on. */
  closeWrite(): Promise<void>;
  /**
   * Encrypts the connection from here on, as the client, and verifies the server's certificate. To be called while
   * nothing is being read or written. Throws `ConnectError` with phase `tls`; the connection is closed then.
   */
  startTls(options: StartTlsOptions): Promise<TlsFacts>;
  /** Closes both ways at once; a pending read or write rejects. */
  close(): void;
}

/** How to dial. */
export interface DialOptions {
  noDelay: boolean;
  /** Whether TCP keep-alive is on. */
  keepAlive: boolean;
  signal: AbortSignal;
}

/** Connections to addresses that were decided on. */
export interface Dialer {
  /**
   * Connects to the first of the addresses that answers; never to another one. Throws `ConnectError` with phase `connect`.
   */
  connectTcp(
    addresses: readonly string[],
    port: number,
    options: DialOptions,
  ): Promise<TcpConnection>;
}

/** One HTTP request, to addresses that were decided on. */
export interface HttpAsk {
  /** Whose connections it may use: those of one app are never another's. */
  readonly appId: AppId;
  /** http or https. */
  readonly url: URL;
  /** The addresses that were decided on; no other one is dialed, nor a kept connection to another one used. */
  readonly addresses: readonly string[];
  readonly method: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly limits: BodyLimits;
  /** What is sent as the body; null for none. It is read as fast as the server takes it. */
  readonly body: AsyncIterable<Uint8Array> | null;
  /** Ends the exchange, the answer's body included. */
  readonly signal: AbortSignal;
}

/** The answer to an HTTP request. */
export interface HttpAnswer {
  readonly status: number;
  readonly statusText: string;
  /** Every header, in the server's order and with repeats. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  /**
   * The body, decompressed, within its limits. Throws `ConnectError` with phase `transfer` when it breaks off, is malformed,
   * does not end where its length says, is too large or too slow; to be read to its end, or left by `return()`.
   */
  readonly body: AsyncIterable<Uint8Array>;
  /** Whether the body was decompressed, so that its length is not what the headers say. */
  readonly isDecoded: boolean;
  /** Where the connection led: one of the addresses. */
  readonly remote: Endpoint;
  readonly local: Endpoint;
}

/** Makes HTTP requests: HTTP/1.1 and HTTP/2, certificates always verified, no cookies, no redirects, no proxy. */
export interface HttpClient {
  /** Sends one request. Throws `ConnectError` with phase `connect`, `tls` or `transfer`; no message carries an address. */
  exchange(ask: HttpAsk): Promise<HttpAnswer>;
  /** Closes every connection at once. */
  close(): Promise<void>;
}

/** How to listen. */
export interface ListenOptions {
  /** How many connections may wait in the kernel; as many as it lets when absent. */
  backlog?: number;
  /** Whether a listener on `::` turns away who comes over IPv4. */
  ipv6Only: boolean;
}

/** A socket that takes TCP connections. */
export interface TcpListener {
  readonly local: Endpoint;
  /** The next connection; null once the listener is closed. Never rejects: what goes wrong meanwhile is waited out. */
  accept(): Promise<TcpConnection | null>;
  /** Takes no more connections; later calls do nothing. */
  close(): void;
}

/** Sockets that wait for others, bound to addresses that were decided on. */
export interface Binder {
  /**
   * Listens on exactly this address; `port` null is one that the system chooses. Throws `ConnectError` with phase
   * `connect`.
   */
  listenTcp(address: string, port: number | null, options: ListenOptions): TcpListener;
}

/** How to bind a UDP socket. */
export interface BindUdpOptions {
  /** An address of this machine, `0.0.0.0` or `::`. */
  readonly address: string;
  /** The port; null for one that the system chooses. */
  readonly port: number | null;
  /** Whether a socket on `::` takes no IPv4. */
  readonly ipv6Only: boolean;
  /** Whether other sockets of this machine may bind the same port. */
  readonly sharesAddress: boolean;
  /** How many routers a datagram to a group may pass. */
  readonly multicastTimeToLive: number;
  /** Whether this machine hears its own datagrams to a group. */
  readonly multicastLoopback: boolean;
}

/** A multicast group, and the one source to hear in it; null for all. */
export interface MulticastGroup {
  readonly address: string;
  readonly source: string | null;
}

/** What an open UDP socket tells. */
export interface UdpSocketEvents {
  /** A datagram came; `bytes` may be overwritten once this returns. */
  onDatagram(bytes: Uint8Array, from: Endpoint): void;
  /** The socket failed by itself, and is closed; phase `transfer`. */
  onFault(fault: ConnectError): void;
}

/** An open UDP socket. All of its methods may be called after it is closed. */
export interface UdpSocket {
  readonly local: Endpoint;
  /** Starts receiving; called once. */
  receive(events: UdpSocketEvents): void;
  /**
   * Sends one datagram whole. Throws `ConnectError` with phase `transfer`; the code is `message-too-big` where the network
   * takes none of this length. A datagram to a broadcast address is not sent.
   */
  send(bytes: Uint8Array, to: Endpoint): Promise<void>;
  /** Joins a group. Throws `ConnectError` when the system refuses. */
  join(group: MulticastGroup): void;
  /** Leaves a group that was joined; one that is gone is left all the same. */
  leave(group: MulticastGroup): void;
  /** Closes it, and leaves its groups. */
  close(): void;
}

/** UDP sockets. */
export interface Udp {
  /** A socket for one peer: it is given nothing that others send. Throws `ConnectError` with phase `connect`. */
  connect(peer: Endpoint): Promise<UdpSocket>;
  /** A socket that is bound to exactly this address. Throws `ConnectError` with phase `connect`. */
  bind(options: BindUdpOptions): Promise<UdpSocket>;
}

/** The server that a preflight is to be sent to. */
export interface CorsAsk {
  /** The name that the app gave; null when it gave an address. */
  readonly name: string | null;
  /** The addresses that were decided on; no other one is dialed. */
  readonly addresses: readonly string[];
  readonly port: number;
  /** The app's origin, or `null` in letters where it has none. */
  readonly origin: string;
  readonly signal: AbortSignal;
}

/** Tells servers that web pages can talk to by themselves. */
export interface CorsProbe {
  /**
   * Whether the server answers a CORS preflight. False on ports that are not the web's, and for a server that answers
   * nothing, or nothing of CORS, within a few seconds.
   */
  answersCors(ask: CorsAsk): Promise<boolean>;
}

/** One request for a small file of a web site. */
export interface SiteAsk {
  /** An http or https URL. */
  readonly url: URL;
  /** The addresses that were decided on; no other one is dialed. */
  readonly addresses: readonly string[];
  /** The `Accept` header. */
  readonly accept: string;
  /** How many bytes of a body are read; a longer one is refused. */
  readonly maxBytes: number;
  readonly signal: AbortSignal;
}

/** What a site answered. */
export interface SiteAnswer {
  readonly status: number;
  /** The `Location` header of a redirect; null for all else. */
  readonly location: string | null;
  /** The body; empty unless the status is 200. */
  readonly bytes: Uint8Array;
}

/** Reads small files of web sites: `GET`, without cookies or anything else that tells who asks. Follows no redirect. */
export interface SiteFetcher {
  /** Throws `SiteFault`. */
  get(ask: SiteAsk): Promise<SiteAnswer>;
}

/** Thrown when a file of a web site could not be read; the message is a sentence for people and carries no address. */
export class SiteFault extends Error {
  override name = "SiteFault";
  /**
   * @param kind Whether the site was not reached, was not to be asked, or answered something that is of no use.
   */
  constructor(readonly kind: "unreachable" | "refused" | "unusable", message: string) {
    super(message);
  }
}

/** How this machine is connected. */
export interface NetworkProbe {
  /** How things stand now; what the platform does not tell is null or unknown. Never rejects. */
  connectivity(): Promise<Connectivity>;
  /** The addresses of every interface, as the system writes them. */
  interfaces(): { name: string; address: string; family: 4 | 6 }[];
  /** Calls `listener` when how things stand has changed, a few seconds later at most. */
  subscribe(listener: (connectivity: Connectivity) => void): () => void;
}

/** Facts about this machine that decisions need. */
export interface Machine {
  /** The machine's name, shown in the dashboard. */
  readonly name: string;
  /** Every address of the machine's own interfaces, now, in canonical form (core/address_space.ts, `canonicalAddresses`). */
  ownAddresses(): ReadonlySet<string>;
  /** The address of each of its IPv4 networks that reaches everyone on it, now. */
  broadcastAddresses(): ReadonlySet<string>;
  /** The ports that the broker itself listens on. */
  readonly brokerPorts: readonly number[];
}

/** A live session: what is shown of it, and how to cut it. */
export interface LiveSession {
  readonly session: Session;
  /** Decides again on what it was allowed beside its own target: destinations and groups of a bound socket. */
  review?(): void;
  /** Cuts it at once and tells the app why. */
  close(error: SessionError): void;
}

/** A change in the table of live sessions. */
export interface SessionChange {
  /** `changed` when what is shown of it beside its figures is not what it was: it is encrypted now. */
  readonly kind: "opened" | "changed" | "closed";
  readonly session: Session;
}

/** The sessions of this process. */
export interface Sessions {
  /** Every live session, in the order in which they opened. */
  list(): Iterable<LiveSession>;
  get(id: string): LiveSession | undefined;
  add(live: LiveSession): void;
  /** Tells that a live session is not what it was; does nothing when it is out already. */
  changed(id: string): void;
  /** Takes a session out, keeping why it ended; does nothing when it is out already. */
  remove(id: string, error: SessionError | null, nowMs: number): void;
  /** How many are live. */
  readonly size: number;
  subscribe(listener: (change: SessionChange) => void): () => void;
}

/** One count that a connection belongs to: that of its target, say, or that of its app. */
export interface ConnectPlace {
  /** Which count; equal keys share one. */
  readonly key: string;
  readonly limit: ConnectLimit;
  /** Where the connection leads, as the end of "connections …". */
  readonly whither: string;
}

/** One count that a datagram belongs to. */
export interface DatagramPlace {
  /** Which count; equal keys share one. */
  readonly key: string;
  readonly limit: DatagramLimit;
}

/** What apps have used of their limits. */
export interface Limits {
  /**
   * Takes one connection out of every count, or out of none when one of them is used up. `leave()` says that the
   * connection is over; later calls do nothing.
   */
  connect(places: readonly ConnectPlace[], nowMs: number): { leave(): void } | ReachedLimit;
  /** Takes one datagram out of every count, or out of none when one of them is used up: it is to be dropped then. */
  datagram(places: readonly DatagramPlace[], nowMs: number, bytes: number): ReachedLimit | null;
  /** Counts a question of an app; answers after how many milliseconds it may ask again, 0 when it may now. */
  ask(appId: AppId, asksPerMinute: number, nowMs: number): number;
}

/** The contexts that apps hold open: relays and event streams. */
export interface Contexts {
  /** Says that an app opened a context. */
  add(appId: AppId, contextId: string): void;
  /** Says that a context is gone. */
  remove(appId: AppId, contextId: string): void;
  /** How many contexts an app holds open. */
  count(appId: AppId): number;
  /** Whether this context is open. */
  has(contextId: string): boolean;
  /** Calls `listener` when an app's count falls to zero or leaves it. */
  subscribe(
    listener: (change: { appId: AppId; contextId: string; open: boolean }) => void,
  ): () => void;
}

/** Whose tabs they are: those of one app in one browser. Two browsers number their tabs alike. */
export interface HostAccessHolder {
  readonly appId: AppId;
  readonly credentialId: CredentialId;
}

/** The tabs that apps report, and what they ask about the pages in them. Never stored. */
export interface HostAccessTabs {
  /** The tabs of an app in one browser; none when it reported none. */
  get(holder: HostAccessHolder): HostAccessState;
  /** Takes a state for the one before; one without tabs is forgotten. */
  set(holder: HostAccessHolder, state: HostAccessState): void;
  /** Everybody that has reported a tab, with the tabs. */
  list(): Iterable<{ readonly holder: HostAccessHolder; readonly state: HostAccessState }>;
  /** How many tabs there are in all. */
  readonly size: number;
  /** Says that what may be shown of an app has changed, though its tabs have not. */
  touch(appId: AppId): void;
  /** Calls `listener` with an app whenever its tabs, or what may be shown of them, have changed. */
  subscribe(listener: (appId: AppId) => void): () => void;
}

/** Where the policy in force is from, and how its file stands. */
export interface PolicyState {
  /** The file that is read and watched; null where there is none. */
  readonly path: string | null;
  /** When the policy in force was read; null where none was. */
  readonly readAtMs: number | null;
  /** What it says but surely does not mean, a sentence each. */
  readonly warnings: readonly string[];
  /** Why the file as it stands now is not in force, so that the last good policy still is; null when it is. */
  readonly problem: string | null;
}

/** The policy in force. */
export interface PolicySource {
  /** The policy in force now. */
  current(): Policy;
  /** Where it is from. */
  state(): PolicyState;
  /** Calls `listener` when another policy comes into force, and when a file turns out to be wrong, or right again. */
  subscribe(listener: () => void): () => void;
}

/** The state of a machine that nobody manages. */
export const unmanagedState: PolicyState = {
  path: null,
  readAtMs: null,
  warnings: [],
  problem: null,
};

/** Where events for operators go: one JSON line each; never a token, never an address that a person did not allow. */
export interface Log {
  info(event: string, facts?: Record<string, unknown>): void;
  error(event: string, fault: unknown, facts?: Record<string, unknown>): void;
}

/** Everything an action needs. */
export interface Broker {
  readonly bootId: BootId;
  readonly clock: Clock;
  readonly secrets: Secrets;
  readonly store: Store;
  readonly sessions: Sessions;
  readonly limits: Limits;
  readonly contexts: Contexts;
  readonly hostAccess: HostAccessTabs;
  readonly policy: PolicySource;
  readonly resolver: Resolver;
  readonly dialer: Dialer;
  readonly udp: Udp;
  readonly binder: Binder;
  readonly corsProbe: CorsProbe;
  readonly http: HttpClient;
  readonly sites: SiteFetcher;
  readonly machine: Machine;
  readonly network: NetworkProbe;
  readonly log: Log;
}
