// The SDK of Gatehouse, /sdk.js: what it exports and what install() defines.
// Source: WICG Direct Sockets (TCPSocket), WICG Raw Sockets (openTCPSocket); the rest is Gatehouse's own.

enum SocketDnsQueryType { "ipv4", "ipv6" };

// Beyond Direct Sockets, with the names of WinterTC's sockets; what is encrypted from its beginning is a TLSSocket.
enum SecureTransport { "off", "starttls" };

dictionary SocketOptions {
  [EnforceRange] unsigned long sendBufferSize;
  [EnforceRange] unsigned long receiveBufferSize;
};

dictionary TCPSocketOptions : SocketOptions {
  boolean noDelay = false;
  [EnforceRange] unsigned long keepAliveDelay;
  SocketDnsQueryType dnsQueryType;
  // Beyond Direct Sockets:
  boolean reattach = false;
  SecureTransport secureTransport = "off";
  AbortSignal signal;
  DOMString reason;
  Gatehouse gatehouse;
};

dictionary TCPSocketOpenInfo {
  ReadableStream readable;
  WritableStream writable;
  DOMString remoteAddress;
  unsigned short remotePort;
  DOMString localAddress;
  unsigned short localPort;
};

[Exposed=(Window,DedicatedWorker,SharedWorker,ServiceWorker), SecureContext]
interface TCPSocket {
  constructor(DOMString remoteAddress, unsigned short remotePort, optional TCPSocketOptions options = {});
  readonly attribute Promise<TCPSocketOpenInfo> opened;
  readonly attribute Promise<undefined> closed;
  Promise<undefined> close();
  // Beyond Direct Sockets; needs reattach true:
  readonly attribute ReattachTicket? reattachTicket;
  // Beyond Direct Sockets; needs secureTransport "starttls":
  TLSSocket startTls(optional StartTlsOptions options = {});
};

// Beyond Direct Sockets: a connection as it stood, for a page that is reloaded. JSON; good for 10 s, once.
dictionary ReattachTicket {
  required DOMString secureTransport; // off or on
  required DOMString sessionId;
  required DOMString resumeSecret;
  required unsigned long receiveBufferSize;
  required unsigned long long receivedBytes;
  required unsigned long long sentBytes;
  required boolean finished;
  required DOMString unacknowledged;
};

dictionary ReattachOptions {
  AbortSignal signal;
};

dictionary TCPServerSocketOptions {
  [EnforceRange] unsigned short localPort;
  [EnforceRange] unsigned long backlog;
  boolean ipv6Only;
  // Beyond Direct Sockets:
  AbortSignal signal;
  DOMString reason;
  Gatehouse gatehouse;
};

dictionary TCPServerSocketOpenInfo {
  ReadableStream readable; // of TCPSocket
  DOMString localAddress;
  unsigned short localPort;
};

[Exposed=(Window,DedicatedWorker,SharedWorker,ServiceWorker), SecureContext]
interface TCPServerSocket {
  constructor(DOMString localAddress, optional TCPServerSocketOptions options = {});
  readonly attribute Promise<TCPServerSocketOpenInfo> opened;
  readonly attribute Promise<undefined> closed;
  Promise<undefined> close();
};

// Beyond Direct Sockets, with the names of txiki.js. The server's certificate is always verified.
dictionary TLSSocketOptions : TCPSocketOptions {
  sequence<DOMString> alpn;
  DOMString cert;
  DOMString key;
  DOMString sni;
};

dictionary StartTlsOptions {
  sequence<DOMString> alpn;
  DOMString cert;
  DOMString key;
  DOMString sni;
  AbortSignal signal;
};

// subject and issuer: attributes of the form CN=name, one a line.
dictionary CertificateFacts {
  DOMString subject;
  DOMString issuer;
  long long validFromMs;
  long long validToMs;
  DOMString fingerprint256;
};

dictionary TLSSocketOpenInfo : TCPSocketOpenInfo {
  DOMString? alpn;
  CertificateFacts? certificate;
};

[Exposed=(Window,DedicatedWorker,SharedWorker,ServiceWorker), SecureContext]
interface TLSSocket {
  constructor(DOMString remoteAddress, unsigned short remotePort, optional TLSSocketOptions options = {});
  readonly attribute Promise<TLSSocketOpenInfo> opened;
  readonly attribute Promise<undefined> closed;
  // Needs reattach true:
  readonly attribute ReattachTicket? reattachTicket;
  Promise<undefined> close();
};

dictionary UDPSocketOptions : SocketOptions {
  DOMString remoteAddress;
  [EnforceRange] unsigned short remotePort;
  DOMString localAddress;
  [EnforceRange] unsigned short localPort;
  SocketDnsQueryType dnsQueryType;
  boolean ipv6Only;
  boolean multicastAllowAddressSharing;
  [EnforceRange] octet multicastTimeToLive;
  boolean multicastLoopback;
  // Beyond Direct Sockets:
  AbortSignal signal;
  DOMString reason;
  Gatehouse gatehouse;
};

dictionary UDPMessage {
  BufferSource data;
  DOMString remoteAddress;
  unsigned short remotePort;
  SocketDnsQueryType dnsQueryType;
};

dictionary UDPSocketOpenInfo {
  ReadableStream readable;
  WritableStream writable;
  DOMString remoteAddress;
  unsigned short remotePort;
  DOMString localAddress;
  unsigned short localPort;
  MulticastController multicastController;
};

// Beyond Direct Sockets: how many datagrams were dropped, and why the last one of the app.
dictionary UDPDropped {
  unsigned long long received;
  unsigned long long sent;
  DOMString? reason;
};

[Exposed=(Window,DedicatedWorker,SharedWorker,ServiceWorker), SecureContext]
interface UDPSocket {
  constructor(optional UDPSocketOptions options = {});
  readonly attribute Promise<UDPSocketOpenInfo> opened;
  readonly attribute Promise<undefined> closed;
  readonly attribute UDPDropped dropped;
  Promise<undefined> close();
};

dictionary MulticastGroupOptions {
  DOMString sourceAddress;
};

dictionary MulticastMembership {
  required DOMString groupAddress;
  DOMString sourceAddress;
};

[Exposed=(Window,DedicatedWorker,SharedWorker,ServiceWorker), SecureContext]
interface MulticastController {
  Promise<undefined> joinGroup(DOMString ipAddress, optional MulticastGroupOptions options = {});
  Promise<undefined> leaveGroup(DOMString ipAddress, optional MulticastGroupOptions options = {});
  readonly attribute FrozenArray<(DOMString or MulticastMembership)> joinedGroups;
};

dictionary LegacyTCPSocketOptions : SocketOptions {
  DOMString remoteAddress;
  unsigned short remotePort;
  boolean noDelay = false;
  (boolean or unsigned long) keepAlive = false;
};

[Exposed=(Window,DedicatedWorker,SharedWorker,ServiceWorker), SecureContext]
interface LegacyTCPSocket {
  readonly attribute ReadableStream readable;
  readonly attribute WritableStream writable;
  readonly attribute DOMString remoteAddress;
  readonly attribute unsigned short remotePort;
  Promise<undefined> close();
};

dictionary LegacyUDPSocketOptions : SocketOptions {
  DOMString remoteAddress;
  unsigned short remotePort;
};

dictionary LegacyPeer {
  DOMString remoteAddress;
  unsigned short remotePort;
};

// Packets of others than the peer are dropped.
[Exposed=(Window,DedicatedWorker,SharedWorker,ServiceWorker), SecureContext]
interface LegacyUDPSocket {
  readonly attribute DOMString remoteAddress;
  readonly attribute unsigned short remotePort;
  Promise<undefined> send(Blob data);
  Promise<undefined> close();
  // Each item is a sequence of two: a LegacyPeer, and a Blob.
  async iterable<any>;
};

interface mixin NavigatorSockets {
  [SecureContext] Promise<LegacyTCPSocket> openTCPSocket(optional LegacyTCPSocketOptions options = {});
  [SecureContext] Promise<LegacyUDPSocket> openUDPSocket(optional LegacyUDPSocketOptions options = {});
};
Navigator includes NavigatorSockets;
WorkerNavigator includes NavigatorSockets;

dictionary AppDescription {
  required DOMString name;
  USVString manifestUrl;
  USVString manifestId;
  DOMString reason;
  sequence<USVString> frames;
  DeclaredHosts hosts;
};

// Match patterns, by the member of a WebExtensions manifest that they stand in.
dictionary DeclaredHosts {
  sequence<DOMString> host_permissions;
  sequence<DOMString> optional_host_permissions;
  sequence<DOMString> content_script_matches;
};

dictionary ConnectOptions {
  USVString broker;
  AppDescription app;
  DOMString token;
  AbortSignal signal;
};

// As for the standard's fetch, without CORS.
dictionary FetchOptions : RequestInit {
  DOMString reason;
  FetchProgressCallback onProgress;
};

dictionary ResourceUrlOptions {
  unsigned long long expiresInMs;
  HeadersInit headers;
};

dictionary FetchProgress {
  required unsigned long long sentBytes;
  required unsigned long long receivedBytes;
  required unsigned long long? totalBytes;
};

callback FetchProgressCallback = undefined (FetchProgress progress);

namespace GatehouseModule {
  Promise<Gatehouse> connect(ConnectOptions options);
  Promise<Gatehouse> install(object scope, ConnectOptions options);
  Promise<Response> fetch(RequestInfo input, optional FetchOptions options = {});
  Promise<LegacyTCPSocket> openTCPSocket(optional LegacyTCPSocketOptions options = {});
  Promise<LegacyUDPSocket> openUDPSocket(optional LegacyUDPSocketOptions options = {});
};

[Exposed=(Window,DedicatedWorker,SharedWorker,ServiceWorker)]
interface Gatehouse {
  Promise<OwnScope> scopeOf(USVString url);
  readonly attribute AppEvents events;
  readonly attribute Permissions permissions;
  readonly attribute Network network;
  readonly attribute Contexts contexts;
  readonly attribute Promise<OwnApp> registered;
  readonly attribute Promise<OwnApp> installed;
  readonly attribute DOMString? token;
  Promise<Response> fetch(RequestInfo input, optional FetchOptions options = {});
  Promise<USVString> createResourceUrl(USVString url, optional ResourceUrlOptions options = {});
  Promise<undefined> revokeResourceUrl(USVString resourceUrl);
  // Not a promise: the socket's own opened tells.
  (TCPSocket or TLSSocket) reattach(ReattachTicket ticket, optional ReattachOptions options = {});
  undefined close();
};

enum AppState { "pending-installation", "installed", "paused" };
enum AppKind { "web", "extension", "program" };

dictionary OwnApp {
  DOMString id;
  AppKind kind;
  USVString? origin;
  DOMString name;
  AppState state;
};

enum ScopePlace { "scope", "extended-scope", "out-of-scope" };
enum ScopeReason {
  "within-scope", "within-extension", "outside-scope", "outside-extension",
  "extension-not-agreed", "extension-withdrawn", "other-origin", "no-scope"
};

dictionary OwnScope {
  USVString url;
  ScopePlace within;
  ScopeReason reason;
  DOMString message;
  USVString? vouchedBy;
  USVString? scope;
  boolean manifestVerified;
};

// Fires CustomEvents: app, added, removed, request-ended, session-closed, silenced, waiting, relay-lost, relay-restored.
[Exposed=(Window,DedicatedWorker,SharedWorker,ServiceWorker)]
interface AppEvents : EventTarget {
};

enum NetworkKind { "wifi", "ethernet", "mobile", "vpn", "unknown" };

dictionary Connectivity {
  boolean? online;
  NetworkKind kind;
  boolean? metered;
  boolean? dataSaver;
};

dictionary InterfaceAddress {
  DOMString address;
  octet family;
  DOMString space;
  DOMString interfaceName;
};

dictionary PublicAddresses {
  DOMString? ipv4;
  DOMString? ipv6;
};

dictionary NetworkFacts : Connectivity {
  sequence<InterfaceAddress> addresses;
  PublicAddresses publicAddresses;
};

dictionary NetworkAskOptions {
  DOMString reason;
  AbortSignal signal;
};

// Fires CustomEvents "change" with a Connectivity, while the app may know.
[Exposed=(Window,DedicatedWorker,SharedWorker,ServiceWorker)]
interface Network : EventTarget {
  Promise<NetworkFacts> get(optional NetworkAskOptions options = {});
};

dictionary PermissionDescriptor {
  required DOMString capability;
  required DOMString target;
  boolean secureTransport = false;
};

enum PermissionState { "granted", "denied", "prompt" };

dictionary PermissionStatus {
  PermissionState state;
  DOMString reason;
  DOMString message;
};

dictionary OwnGrant {
  DOMString id;
  DOMString effect;
  DOMString capability;
  DOMString target;
  boolean secureTransport;
  DOMString serverName;
  object duration;
  unsigned long long createdAtMs;
  unsigned long long? expiresAtMs;
};

dictionary AskOptions {
  DOMString reason;
  AbortSignal signal;
};

// What follows is named as in the Permissions API of extensions; paths of patterns are not used.
dictionary NamedSites {
  sequence<DOMString> origins;
  sequence<DOMString> permissions;
};

dictionary SitePermissions {
  sequence<DOMString> permissions;
  sequence<DOMString> origins;
};

// Exactly one of tabId and documentId.
dictionary HostAccessDetails {
  long long tabId;
  DOMString documentId;
  DOMString pattern;
};

callback HostAccessCallback = undefined (boolean valid, DOMString? error);
callback SiteListener = undefined (SitePermissions permissions);

[Exposed=(Window,DedicatedWorker,SharedWorker,ServiceWorker)]
interface SiteEvent {
  undefined addListener(SiteListener listener);
  undefined removeListener(SiteListener listener);
  boolean hasListener(SiteListener listener);
};

// Proposal "permissions.[add/remove]HostAccessRequest() API" (WECG), and chrome.permissions.
[Exposed=(Window,DedicatedWorker,SharedWorker,ServiceWorker)]
interface HostPermissions {
  readonly attribute SiteEvent onAdded;
  readonly attribute SiteEvent onRemoved;
  Promise<boolean> addHostAccessRequest(HostAccessDetails details, optional HostAccessCallback? callback = null);
  Promise<boolean> removeHostAccessRequest(HostAccessDetails details, optional HostAccessCallback? callback = null);
  Promise<boolean> contains(NamedSites sites);
  Promise<SitePermissions> getAll();
  Promise<boolean> remove(NamedSites sites);
};

[Exposed=(Window,DedicatedWorker,SharedWorker,ServiceWorker)]
interface Permissions : HostPermissions {
  Promise<PermissionStatus> query(PermissionDescriptor descriptor);
  Promise<PermissionStatus> request(PermissionDescriptor descriptor, optional AskOptions options = {});
  Promise<boolean> request(NamedSites sites, optional AskOptions options = {});
  Promise<sequence<OwnGrant>> list();
};

dictionary TabReport {
  required USVString url;
  required boolean active;
  DOMString? documentId = null;
};

// The app's tabs. Followed pages keep their id while their tab goes from page to page.
[Exposed=(Window,DedicatedWorker,SharedWorker,ServiceWorker)]
interface Contexts {
  Promise<undefined> report(long long tabId, TabReport tab);
  Promise<undefined> close(long long tabId);
  Promise<undefined> clear();
  PageContext followPage(optional object page);
};

dictionary PageContext {
  long long tabId;
  DOMString documentId;
};
