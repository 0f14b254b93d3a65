/** The ticket by which a page comes back to a socket after it was reloaded: JSON, for sessionStorage. @module */
import type { OpenedFrame } from "../schema/relay.ts";
import type { RelayStream } from "./relay_stream.ts";
import { SentLog } from "./sent_log.ts";
import type { Begun } from "./socket_life.ts";
import type { SocketStreams } from "./socket_streams.ts";

/** A socket as it stood when the ticket was made. Keep it secret, and use it once. */
export interface ReattachTicket {
  /** Whether it is a `TLSSocket` (`on`) or a `TCPSocket`. */
  secureTransport: "off" | "on";
  sessionId: string;
  resumeSecret: string;
  receiveBufferSize: number;
  /** How many bytes the reader has taken: what follows is read from the socket that comes back. */
  receivedBytes: number;
  /** How many bytes of the writer were sent; of a write that was still under way, this tells how far it got. */
  sentBytes: number;
  /** Whether the writable stream was closed. */
  finished: boolean;
  /** Those of the sent bytes that may be on their way, base64. */
  unacknowledged: string;
}

/** What a socket was before it came back. */
export interface Earlier {
  readonly receivedBytes: number;
  readonly sent: SentLog;
}

/**
 * Lets an open socket make tickets.
 *
 * @param earlier What it was before it came back; absent for one that has just opened.
 */
export function withTicket<Info>(
  { ends, info }: Begun<Info, SocketStreams>,
  stream: RelayStream,
  { sessionId, resumeSecret }: OpenedFrame,
  { windowBytes: receiveBufferSize, secureTransport }: {
    readonly windowBytes: number;
    readonly secureTransport: "off" | "on";
  },
  earlier: Earlier = { receivedBytes: 0, sent: new SentLog() },
): Begun<Info, SocketStreams> {
  if (resumeSecret === undefined) return { ends, info };
  const { sent } = earlier;
  stream.keepSent(sent);
  const ticket = (): ReattachTicket | null => {
    const standing = ends.standing;
    return standing && {
      secureTransport,
      sessionId,
      resumeSecret,
      receiveBufferSize,
      receivedBytes: earlier.receivedBytes + standing.readBytes,
      sentBytes: sent.endOffset,
      finished: standing.finished,
      unacknowledged: toBase64(sent.after(0)),
    };
  };
  return { ends, info, ticket };
}

/**
 * Reads what may have been kept anywhere meanwhile.
 *
 * @throws TypeError when it is no ticket.
 */
export function readTicket(given: unknown): ReattachTicket & { unwritten: Uint8Array } {
  const ticket = given as ReattachTicket | null | undefined;
  const isNumber = (value: unknown) => Number.isSafeInteger(value) && (value as number) >= 0;
  const isText = (value: unknown) => typeof value === "string";
  const isTicket = typeof ticket === "object" && ticket !== null &&
    (ticket.secureTransport === "off" || ticket.secureTransport === "on") &&
    isText(ticket.sessionId) && /^[\w-]{43}$/.test(`${ticket.resumeSecret}`) &&
    isNumber(ticket.receiveBufferSize) && isNumber(ticket.receivedBytes) &&
    isNumber(ticket.sentBytes) && isText(ticket.unacknowledged);
  if (!isTicket) throw new TypeError("This is not what `reattachTicket` gave.");
  const unwritten = fromBase64(ticket.unacknowledged);
  if (unwritten.length <= ticket.sentBytes) return { ...ticket, unwritten };
  throw new TypeError("The ticket's counts do not fit together.");
}

function toBase64(bytes: Uint8Array): string {
  let binary = "";
  for (let at = 0; at < bytes.length; at += 0x2000) {
    binary += String.fromCharCode(...bytes.subarray(at, at + 0x2000));
  }
  return btoa(binary);
}

function fromBase64(text: string): Uint8Array {
  try {
    return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  } catch {
    throw new TypeError("The ticket's bytes are not base64.");
  }
}
