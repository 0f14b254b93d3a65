/** An open TCP socket: its streams, and what it says of itself. @module */
import type { OpenedFrame } from "../schema/relay.ts";
import type { RelayStream } from "./relay_stream.ts";
import type { Begun } from "./socket_life.ts";
import { SocketStreams } from "./socket_streams.ts";

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

/**
 * Makes the streams of an open connection, and what is said of them.
 *
 * @param windowBytes The credit that the broker has been given.
 * @param upgradable Whether the connection may be encrypted later.
 */
export function beginTcp(
  stream: RelayStream,
  { remoteAddress = "", remotePort = 0, localAddress, localPort }: TcpEnds,
  windowBytes: number,
  upgradable = false,
): Begun<TCPSocketOpenInfo, SocketStreams> {
  const ends = new SocketStreams(stream, windowBytes, upgradable);
  const { readable, writable } = ends;
  return {
    ends,
    info: { readable, writable, remoteAddress, remotePort, localAddress, localPort },
  };
}
