/** How much one relay may hold and how long it may be silent. @module */
import { maxDataBytes } from "../schema/relay_wire.ts";

/** The bounds of one relay. */
export interface RelayLimits {
  /** Streams at a time, those that are being opened included. */
  maxStreams: number;
  /** Credit that an app has for one stream: bytes that the broker holds for a peer that does not read. */
  windowBytes: number;
  /** The smallest and the largest buffer for reading from a connection. An idle stream holds one of the smallest. */
  minReadBytes: number;
  maxReadBytes: number;
  /** Bytes of control frames that may wait for an app that does not read. */
  maxPendingControlBytes: number;
  /** How long a connection may take to send what is left after its app has let go of it. */
  lingerMs: number;
  /** The time between two pings; a relay that did not answer the last one is cut. */
  pingIntervalMs: number;
}

/** The bounds that hold unless a test sets others. */
export const defaultRelayLimits: RelayLimits = {
  maxStreams: 1024,
  windowBytes: 512 * 1024,
  minReadBytes: 8 * 1024,
  maxReadBytes: maxDataBytes,
  maxPendingControlBytes: 1024 * 1024,
  lingerMs: 30_000,
  pingIntervalMs: 30_000,
};
