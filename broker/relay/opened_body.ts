/** What OPENED says of a TCP connection. @module */
import type { OpenTcpSession } from "../actions/tcp_session.ts";
import type { OpenedFrame } from "../schema/relay.ts";

/** @param credit Bytes that the app may send. */
export function openedBody(
  { session, connection: { local, remote } }: OpenTcpSession,
  credit: number,
): OpenedFrame {
  return {
    sessionId: session.id,
    remoteAddress: remote.address,
    remotePort: remote.port,
    localAddress: local.address,
    localPort: local.port,
    ...(session.tls && { tls: session.tls }),
    credit,
  };
}
