/** How a relay gets its sockets: the actions that open them, bound to one app. @module */
import type { FetchAsk, OpenFetch } from "../actions/fetch_session.ts";
import type { ListenerAsk, OpenListenerSession } from "../actions/listener_session.ts";
import type { SocketEvents } from "../actions/socket_session.ts";
import type { OpenUdpSession, UdpAsk } from "../actions/udp_session.ts";
import type { OpenSocket } from "./open_socket.ts";

/**
 * Opens a TCP listener for the app whose relay this is.
 *
 * @throws ConnectError with phase `policy` or `connect`.
 */
export type OpenListener = (ask: ListenerAsk, events: SocketEvents) => Promise<OpenListenerSession>;

/**
 * Opens a UDP socket for the app whose relay this is.
 *
 * @throws ConnectError with phase `policy`, `dns` or `connect`.
 */
export type OpenUdp = (ask: UdpAsk, events: SocketEvents) => Promise<OpenUdpSession>;

/**
 * Fetches for the app whose relay this is.
 *
 * @throws ConnectError with any phase.
 */
export type Fetch = (ask: FetchAsk, events: SocketEvents) => Promise<OpenFetch>;

/** An action for each kind of socket that OPEN can ask for. */
export interface RelayOpens {
  readonly fetch: Fetch;
  readonly tcp: OpenSocket;
  readonly tcpServer: OpenListener;
  readonly udp: OpenUdp;
}
