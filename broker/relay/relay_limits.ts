/** How much one relay may hold and how long it may be silent. @module */
import { maxDataBytes } from "../schema/relay_wire.ts";

/** The bounds of one relay. */
export interface RelayLimits {
  /** Streams at a time, those that are being opened included. */
  maxStreams: number;
  /**
   * Credit that an app has for one stream: bytes that the broker may come to hold for a peer that does not read. A stream
   * gets an eighth of what is left of the relay's pool, between these two.
   */
  maxWindowBytes: number;
  minWindowBytes: number;
  windowPoolBytes: number;
  /** The smallest and the largest buffer for reading from a connection. An idle stream holds one of the smallest. */
  minReadBytes: number;
  maxReadBytes: number;
  /** Bytes of control frames that may wait for an app that does not read. */
  maxPendingControlBytes: number;
  /** The window of a stream that its app may come back to: the app keeps as many bytes to send them again. */
  maxReattachWindowBytes: number;
  /** Bytes that may be kept for one app, over all of its relays, until it has taken them. */
  replayPoolBytes: number;
  /** How long an app may take to come back after its relay was lost. */
  reattachMs: number;
  /** How long a connection may take to send what is left after its app has let go of it. */
  lingerMs: number;
  /** The time between two pings; a relay that did not answer the last one is cut. */
  pingIntervalMs: number;
}

/** The bounds that hold unless a test sets others. */
export const defaultRelayLimits: RelayLimits = {
  maxStreams: 1024,
  maxWindowBytes: 4 * 1024 * 1024,
  minWindowBytes: 32 * 1024,
  windowPoolBytes: 64 * 1024 * 1024,
  minReadBytes: 8 * 1024,
  maxReadBytes: maxDataBytes,
  maxPendingControlBytes: 1024 * 1024,
  maxReattachWindowBytes: 256 * 1024,
  replayPoolBytes: 16 * 1024 * 1024,
  reattachMs: 10_000,
  lingerMs: 30_000,
  pingIntervalMs: 30_000,
};

/**
 * The window of one more stream.
 *
 * @param givenBytes What the windows of the relay's other streams add up to.
 */
export function nextWindowBytes(limits: RelayLimits, givenBytes: number): number {
  const share = Math.floor((limits.windowPoolBytes - givenBytes) / 8);
  return Math.max(limits.minWindowBytes, Math.min(share, limits.maxWindowBytes));
}
