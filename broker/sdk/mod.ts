/** The browser SDK of Gatehouse, served by every broker as `/sdk.js`. @module */
export { connect } from "./connect.ts";
export { install } from "./install.ts";
export { fetch, type FetchOptions, type FetchProgress } from "./fetch.ts";
export { TCPServerSocket } from "./tcp_server_socket.ts";
export { TCPSocket } from "./tcp_socket.ts";
export { TLSSocket } from "./tls_socket.ts";
export { UDPSocket } from "./udp_socket.ts";
export { MulticastController } from "./multicast_controller.ts";
export { openTCPSocket } from "./legacy_tcp_socket.ts";
export { openUDPSocket } from "./legacy_udp_socket.ts";
export { type AppDescription, type ConnectOptions, Gatehouse } from "./gatehouse.ts";
export type { AppEventDetails, AppEvents, Waiting } from "./app_events.ts";
export type { FailureCause, LocalFault } from "./failure.ts";
export type { Contexts, TabReport } from "./contexts.ts";
export type { HostAccessCallback, HostAccessDetails, NamedSites } from "./host_permissions.ts";
export type { LegacyTCPSocket, LegacyTCPSocketOptions } from "./legacy_tcp_socket.ts";
export type { LegacyPeer, LegacyUDPSocket, LegacyUDPSocketOptions } from "./legacy_udp_socket.ts";
export type { MulticastGroupOptions, MulticastMembership } from "./multicast_controller.ts";
export type { Network, NetworkAskOptions } from "./network.ts";
export type { ResourceUrlOptions } from "./resource_url.ts";
export type { AskOptions, Permissions, WantedPermission } from "./permissions.ts";
export type { PageContext } from "./page_context.ts";
export type { ReattachOptions } from "./reattach.ts";
export type { ReattachTicket } from "./reattach_ticket.ts";
export type { SiteEvent, SiteListener, SitePermissions } from "./site_event.ts";
export type { TCPServerSocketOpenInfo } from "./tcp_server_socket.ts";
export type { TCPServerSocketOptions } from "./tcp_server_socket_options.ts";
export type {
  SecureTransport,
  SocketDnsQueryType,
  TCPSocketOptions,
} from "./tcp_socket_options.ts";
export type { TCPSocketOpenInfo } from "./tcp_open_info.ts";
export type { ReceivedUDPMessage, UDPMessage } from "./udp_message.ts";
export type { UDPDropped, UDPSocketOpenInfo } from "./udp_socket.ts";
export type { UDPSocketOptions } from "./udp_socket_options.ts";
export type { TLSSocketOpenInfo } from "./tls_open_info.ts";
export type { StartTlsOptions, TLSSocketOptions } from "./tls_socket_options.ts";
