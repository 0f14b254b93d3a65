/** An open TLS socket: its streams, and what it says of itself. @module */
import type { OpenedFrame } from "../schema/relay.ts";
import type { CertificateFacts } from "../schema/session.ts";
import type { RelayStream } from "./relay_stream.ts";
import type { Begun } from "./socket_life.ts";
import type { SocketStreams } from "./socket_streams.ts";
import { beginTcp, type TCPSocketOpenInfo } from "./tcp_open_info.ts";

/** What `opened` resolves to. */
export interface TLSSocketOpenInfo extends TCPSocketOpenInfo {
  /** The application protocol that was agreed on (RFC 7301); null when none was. */
  alpn: string | null;
  /** The server's certificate, which was verified; null where the broker's platform does not tell. */
  certificate: CertificateFacts | null;
}

/**
 * Makes the streams of an encrypted connection, and what is said of them.
 *
 * @param windowBytes The credit that the broker has been given.
 */
export function beginTls(
  stream: RelayStream,
  opened: OpenedFrame,
  windowBytes: number,
): Begun<TLSSocketOpenInfo, SocketStreams> {
  const { ends, info } = beginTcp(stream, opened, windowBytes);
  const { alpn = null, certificate = null } = opened.tls ?? {};
  return { ends, info: { ...info, alpn, certificate } };
}
