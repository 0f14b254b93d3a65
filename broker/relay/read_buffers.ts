/** The buffers that a connection is read into: two that take turns, as large as what comes is. @module */
import { frameHeaderBytes } from "../schema/relay_wire.ts";
import type { RelayLimits } from "./relay_limits.ts";
import { headerRoomBytes } from "./relay_socket.ts";

/** Where the payload begins in a buffer: behind the WebSocket's header and the frame's. */
export const payloadStart = headerRoomBytes + frameHeaderBytes;

/** While one buffer is on its way out, the other is read into. */
export class ReadBuffers {
  readonly #limits: RelayLimits;
  readonly #buffers = [new Uint8Array(0), new Uint8Array(0)];
  #readBytes: number;
  #turn = 0;

  constructor(limits: RelayLimits) {
    this.#limits = limits;
    this.#readBytes = limits.minReadBytes;
  }

  /** How many bytes the next read is for. */
  get readBytes(): number {
    return this.#readBytes;
  }

  /** The buffer for the next read: room for both headers, then for `readBytes`. */
  next(): Uint8Array {
    const turn = this.#turn;
    this.#turn ^= 1;
    const buffer = this.#buffers[turn] as Uint8Array;
    if (buffer.length === payloadStart + this.#readBytes) return buffer;
    return this.#buffers[turn] = new Uint8Array(payloadStart + this.#readBytes);
  }

  /** Follows what the connection delivers: `count` bytes came last. */
  adapt(count: number): void {
    const { minReadBytes, maxReadBytes } = this.#limits;
    if (count === this.#readBytes) {
      this.#readBytes = Math.min(this.#readBytes * 2, maxReadBytes);
    } else if (count * 8 < this.#readBytes) {
      this.#readBytes = Math.max(this.#readBytes / 2, minReadBytes);
    }
  }
}
