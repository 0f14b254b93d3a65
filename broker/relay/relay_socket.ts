/** The WebSocket as a relay sees it: the few members of npm `ws` that it uses, so that a test can stand in for it. @module */

/** How many bytes a relay leaves free before a long message, for the WebSocket's own header (RFC 6455 section 5.2). */
export const headerRoomBytes = 10;

/** One open server-side WebSocket. A `WebSocket` of npm `ws` is one, and `DirectWebSocket` a faster one. */
export interface RelaySocket {
  /**
   * Queues one binary message; `done` is called once it has gone out, or with the error that kept it from going. The
   * `roomBytes` before it in its buffer, none when absent, may be written over.
   */
  send(data: Uint8Array, done: (fault?: Error | null) => void, roomBytes?: number): void;
  /** Sends a ping. */
  ping(): void;
  /** Starts the closing handshake. */
  close(code: number, reason: string): void;
  /** Ends the connection at once. */
  terminate(): void;
  /** A whole message came. */
  on(
    event: "message",
    listener: (data: Uint8Array | ArrayBuffer | Uint8Array[], isBinary: boolean) => void,
  ): unknown;
  /** An answer to a ping came. */
  on(event: "pong", listener: () => void): unknown;
  /** The connection is over; the last event. */
  on(event: "close", listener: () => void): unknown;
  /** Something went wrong; `close` follows. */
  on(event: "error", listener: (fault: Error) => void): unknown;
}
