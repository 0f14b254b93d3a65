/** `startTls()`: takes a connection from a plain socket and goes on with it encrypted (names of WinterTC's sockets). @module */
import type { TcpOpenFrame } from "../schema/relay.ts";
import { openingFailure } from "./failure.ts";
import type { Gatehouse } from "./gatehouse.ts";
import type { RelayStream } from "./relay_stream.ts";
import { SocketLife } from "./socket_life.ts";
import type { SocketStreams } from "./socket_streams.ts";
import { defaultWindowBytes } from "./stream_open_frame.ts";
import { beginTls, type TLSSocketOpenInfo } from "./tls_open_info.ts";
import { convertTlsOptions } from "./tls_socket_options.ts";

/** A plain connection that may be encrypted. */
export interface PlainConnection {
  readonly gatehouse: Gatehouse;
  readonly frame: TcpOpenFrame;
  readonly stream: RelayStream;
  readonly streams: SocketStreams;
  /** What ends the socket; it goes on to end the encrypted one. */
  readonly signal: AbortSignal | undefined;
  readonly windowBytes: number | undefined;
}

/**
 * Takes the connection; the streams of the plain socket are over, and it counts as closed.
 *
 * @param given The options of `startTls()`.
 * @returns The life of the encrypted socket. Its `opened` rejects with `NetworkError` when the server's certificate does not
 * hold, and when plain text is left that nobody has read: it could be taken for what the server says under encryption.
 * @throws TypeError for wrong options.
 * @throws DOMException `InvalidStateError` when the connection can't be encrypted now.
 */
export function startTls(
  { gatehouse, frame, stream, streams, signal, windowBytes }: PlainConnection,
  given: unknown,
): SocketLife<TLSSocketOpenInfo> {
  const wish = convertTlsOptions(given, "startTls()");
  const ownSignal = (given as { signal?: unknown } | null | undefined)?.signal;
  if (ownSignal !== undefined && !(ownSignal instanceof AbortSignal)) {
    throw new TypeError("signal must be an AbortSignal");
  }
  const { receivedBytes: readBytes, holdsBytes } = streams;
  const written = streams.release();
  const credit = windowBytes ?? defaultWindowBytes;
  const ending = ownSignal ?? signal;
  if (ending?.aborted) stream.abort();
  const opener = {
    announceWaiting: gatehouse.announceWaiting.bind(gatehouse),
    openStream: async (...[, listener, aborted]: Parameters<Gatehouse["openStream"]>) => {
      stream.handOver(listener);
      aborted.addEventListener("abort", () => stream.abort(), { once: true });
      if (holdsBytes) {
        stream.abort();
        throw openingFailure(plaintextLeft);
      }
      await written;
      stream.startTls({ ...wish, readBytes, credit });
      return stream;
    },
  };
  return new SocketLife(
    opener,
    frame,
    ending,
    (secured, opened) => beginTls(secured, opened, credit),
  );
}

const plaintextLeft = {
  code: "tls-failed",
  phase: "tls",
  message:
    "The connection was not encrypted: the server sent more in plain text than the app has read.",
} as const;
