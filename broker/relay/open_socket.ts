/** How a relay gets its sockets: the action `openTcpSession`, bound to one app. @module */
import type { OpenTcpSession, TcpAsk, TcpEvents } from "../actions/tcp_session.ts";

/**
 * Opens a TCP connection for the app whose relay this is.
 *
 * @throws ConnectError with phase `policy`, `dns`, `connect` or `tls`.
 */
export type OpenSocket = (ask: TcpAsk, events: TcpEvents) => Promise<OpenTcpSession>;
