/** What a TCP socket says of itself once it is open. @module */
import type { OpenedFrame } from "../schema/relay.ts";
import type { SocketStreams } from "./socket_streams.ts";

/** What `opened` resolves to (Direct Sockets, `TCPSocketOpenInfo`). */
export interface TCPSocketOpenInfo {
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

/** The ends of a connection, as the broker tells them. */
export type TcpEnds = Pick<
  OpenedFrame,
  "remoteAddress" | "remotePort" | "localAddress" | "localPort"
>;

/** Joins the streams of a socket and what is known of its two ends. */
export function tcpOpenInfo(
  { readable, writable }: SocketStreams,
  { remoteAddress = "", remotePort = 0, localAddress, localPort }: TcpEnds,
): TCPSocketOpenInfo {
  return { readable, writable, remoteAddress, remotePort, localAddress, localPort };
}
