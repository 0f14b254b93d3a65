/** How a relay gets its sockets: the action `openTcpSession`, bound to one app. @module */
import type { SocketEvents } from "../actions/socket_session.ts";
import type { OpenTcpSession, TcpAsk } from "../actions/tcp_session.ts";

/**
 * Opens a TCP connection for the app whose relay this is.
 *
 * @throws ConnectError with phase `policy`, `dns`, `connect` or `tls`.
 */
export type OpenSocket = (ask: TcpAsk, events: SocketEvents) => Promise<OpenTcpSession>;
