/** How much one WebSocket of a front end may hold, and how long it may be silent. @module */

/** The bounds of one Wisp connection or of one tunnel. */
export interface FrontEndLimits {
  /** Wisp streams at a time, those that are being opened included. */
  readonly maxStreams: number;
  /** Packets that a Wisp client may send on a stream before it is given more credit. */
  readonly creditPackets: number;
  /** After how many packets written to a connection its Wisp client is given more credit. */
  readonly packetsPerContinue: number;
  /** How long a client of Wisp version 2 has for its INFO. */
  readonly infoTimeoutMs: number;
  /** Bytes held for connections that do not take them. Wisp's credit counts packets, which may be of any size. */
  readonly maxHeldBytes: number;
  /** When more than this is held for its connection, a tunnel reads nothing more, until less than half is left. */
  readonly pauseAboveBytes: number;
  /** The smallest and the largest buffer for reading from a connection. */
  readonly minReadBytes: number;
  readonly maxReadBytes: number;
  /** Bytes of control packets that may wait for a client that does not read. */
  readonly maxPendingControlBytes: number;
  /** How long a connection may take to accept what is left after its client or its server has let go of it. */
  readonly lingerMs: number;
  /** The time between two pings; a client that did not answer the last one is cut. */
  readonly pingIntervalMs: number;
}

/** The bounds that hold unless a test sets others. */
export const defaultFrontEndLimits: FrontEndLimits = {
  maxStreams: 1024,
  creditPackets: 128,
  packetsPerContinue: 64,
  infoTimeoutMs: 5000,
  maxHeldBytes: 64 * 1024 * 1024,
  pauseAboveBytes: 1024 * 1024,
  minReadBytes: 8 * 1024,
  maxReadBytes: 64 * 1024,
  maxPendingControlBytes: 1024 * 1024,
  lingerMs: 30_000,
  pingIntervalMs: 30_000,
};
