/** Messages of a WebSocket written straight to its TCP socket, in fewer and larger pieces than npm `ws` would. @module */
import { Buffer } from "node:buffer";
import type { Duplex } from "node:stream";
import type { WebSocket } from "ws";

/** The longest header of a server's frame (RFC 6455 section 5.2): servers do not mask. */
export const maxHeaderBytes = 10;

/** Messages up to this length that are sent in the same turn leave as one piece. */
const joinUpToBytes = 4 * 1024;
const finalBinaryFrame = 0x82;

type Done = (fault?: Error | null) => void;

/**
 * A server's WebSocket that sends only whole binary messages, uncompressed. Receiving, pings and the closing handshake are
 * left to `ws`; its own frames go between these, never into one.
 */
export class DirectWebSocket {
  readonly #webSocket: WebSocket;
  readonly #socket: Duplex;
  #joined: Uint8Array[] = [];
  #joinedDone: Done[] = [];

  /** @param socket What carries the WebSocket: that of the upgrade. */
  constructor(webSocket: WebSocket, socket: Duplex) {
    this.#webSocket = webSocket;
    this.#socket = socket;
  }

  /**
   * Queues one binary message.
   *
   * @param done Called once it has gone out and `data` may be used again, or with the error that kept it from going.
   * @param roomBytes How many bytes directly before `data`, in the same buffer, may be written over. With
   * {@link maxHeaderBytes} of them, header and message leave as one piece.
   */
  send(data: Uint8Array, done: Done, roomBytes = 0): void {
    if (data.length <= joinUpToBytes) return this.#join(data, done);
    this.#flush();
    if (!this.#open()) return queueMicrotask(() => done(new Error("The WebSocket is closed")));
    const headerBytes = headerLength(data.length);
    if (roomBytes >= headerBytes) {
      const start = data.byteOffset - headerBytes;
      const piece = Buffer.from(data.buffer, start, headerBytes + data.length);
      writeHeader(piece, 0, data.length);
      this.#socket.write(piece, done);
      return;
    }
    const header = new Uint8Array(headerBytes);
    writeHeader(header, 0, data.length);
    this.#socket.cork();
    this.#socket.write(header);
    this.#socket.write(data, done);
    this.#socket.uncork();
  }

  /** Sends a ping. */
  ping(): void {
    this.#webSocket.ping();
  }

  /** Stops reading: what the client sends stays with it, once the buffers between are full. */
  pause(): void {
    this.#webSocket.pause();
  }

  /** Reads again. */
  resume(): void {
    this.#webSocket.resume();
  }

  /** Starts the closing handshake, after what was sent before. */
  close(code: number, reason: string): void {
    this.#flush();
    this.#webSocket.close(code, reason);
  }

  /** Ends the connection at once. */
  terminate(): void {
    this.#webSocket.terminate();
  }

  /** Listens as on the WebSocket itself. */
  on: WebSocket["on"] = (event: string, listener: (...values: never[]) => void) =>
    this.#webSocket.on(event, listener as () => void);

  #open(): boolean {
    return this.#webSocket.readyState === this.#webSocket.OPEN;
  }

  #join(data: Uint8Array, done: Done): void {
    if (this.#joined.length === 0) queueMicrotask(() => this.#flush());
    this.#joined.push(data);
    this.#joinedDone.push(done);
  }

  #flush(): void {
    if (this.#joined.length === 0) return;
    const joined = this.#joined;
    const joinedDone = this.#joinedDone;
    this.#joined = [];
    this.#joinedDone = [];
    const allDone: Done = (fault) => {
      for (const done of joinedDone) done(fault);
    };
    if (!this.#open()) return queueMicrotask(() => allDone(new Error("The WebSocket is closed")));
    const length = joined.reduce((sum, data) => sum + headerLength(data.length) + data.length, 0);
    const piece = Buffer.allocUnsafe(length);
    let at = 0;
    for (const data of joined) {
      at = writeHeader(piece, at, data.length);
      piece.set(data, at);
      at += data.length;
    }
    this.#socket.write(piece, allDone);
  }
}

function headerLength(messageBytes: number): number {
  return messageBytes < 126 ? 2 : messageBytes < 65_536 ? 4 : 10;
}

/** Writes the header of a final, unmasked binary frame; returns where the message begins. */
function writeHeader(bytes: Uint8Array, at: number, messageBytes: number): number {
  bytes[at] = finalBinaryFrame;
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  if (messageBytes < 126) {
    bytes[at + 1] = messageBytes;
  } else if (messageBytes < 65_536) {
    bytes[at + 1] = 126;
    view.setUint16(at + 2, messageBytes);
  } else {
    bytes[at + 1] = 127;
    view.setBigUint64(at + 2, BigInt(messageBytes));
  }
  return at + headerLength(messageBytes);
}
