/** `reattach()`: a page that was reloaded goes on with a socket by its ticket, without losing or doubling a byte. @module */
import type { OpenedFrame, ResumeOpenFrame } from "../schema/relay.ts";
import type { SessionId } from "../schema/ids.ts";
import { readTicket, type ReattachTicket, withTicket } from "./reattach_ticket.ts";
import type { RelayStream } from "./relay_stream.ts";
import { SentLog } from "./sent_log.ts";
import { type Begun, SocketLife, type StreamOpener } from "./socket_life.ts";
import type { SocketStreams } from "./socket_streams.ts";
import { acceptedTcpSocket, type TCPSocket } from "./tcp_socket.ts";
import { beginTcp } from "./tcp_open_info.ts";
import { beginTls } from "./tls_open_info.ts";
import { type TLSSocket, upgradedTlsSocket } from "./tls_socket.ts";

/** Options of `reattach()`. */
export interface ReattachOptions {
  /** Ends the socket when it aborts, at any time. */
  signal?: AbortSignal;
}

/**
 * Goes on with a socket.
 *
 * @returns A `TLSSocket` or a `TCPSocket`, as it was before. Its `opened` rejects with `NetworkError` when the ticket is of
 * no use any more.
 * @throws TypeError when it is no ticket.
 */
export function reattach(
  gatehouse: StreamOpener,
  given: ReattachTicket,
  { signal }: ReattachOptions = {},
): TCPSocket | TLSSocket {
  const ticket = readTicket(given);
  const { sessionId, resumeSecret, receivedBytes, sentBytes, secureTransport } = ticket;
  const frame: ResumeOpenFrame = {
    protocol: "resume",
    sessionId: sessionId as SessionId,
    resumeSecret,
    receivedBytes,
    sentBytes,
  };
  const windowBytes = ticket.receiveBufferSize;
  const goOn = <Info>(
    begun: Begun<Info, SocketStreams>,
    stream: RelayStream,
    opened: OpenedFrame,
  ): Begun<Info> => {
    const sent = new SentLog(sentBytes, ticket.unwritten);
    const earlier = { receivedBytes, sent };
    const again = withTicket(begun, stream, opened, { windowBytes, secureTransport }, earlier);
    if (opened.resumed) {
      const { resumed } = opened;
      stream.sendAgain(sent.after(resumed.receivedBytes), resumed.finReceived);
      sent.acknowledge(resumed.creditedBytes - sent.startOffset);
    }
    if (ticket.finished) begun.ends.finish();
    return again;
  };
  if (secureTransport === "on") {
    return upgradedTlsSocket(
      new SocketLife(
        gatehouse,
        frame,
        signal,
        (stream, opened) => goOn(beginTls(stream, opened, windowBytes), stream, opened),
      ),
    );
  }
  return acceptedTcpSocket(
    new SocketLife(
      gatehouse,
      frame,
      signal,
      (stream, opened) => goOn(beginTcp(stream, opened, windowBytes), stream, opened),
    ),
  );
}
