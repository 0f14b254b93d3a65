/** What an app was sent and may not have taken: kept, in order, to be sent again when it comes back. @module */

/** Room that all buffers of one app share. */
export interface ReplayRoom {
  /** Takes room; false, and nothing taken, when there is none. */
  take(bytes: number): boolean;
  giveBack(bytes: number): void;
}

/** Small pieces share a chunk, so that a flood of them costs little. */
const minChunkBytes = 8 * 1024;

/** The last bytes of a stream, as far back as the app has not acknowledged them. */
export class ReplayBuffer {
  readonly #room: ReplayRoom;
  readonly #mostBytes: number;
  readonly #chunks: { bytes: Uint8Array; length: number }[] = [];
  #startOffset = 0;
  #endOffset = 0;
  /** Where the first chunk begins, at or before the first byte that is kept. */
  #chunksOffset = 0;
  #whole = true;

  /** @param mostBytes More bytes than this are not kept. */
  constructor(room: ReplayRoom, mostBytes: number) {
    this.#room = room;
    this.#mostBytes = mostBytes;
  }

  /** How many bytes were acknowledged: those after them are kept. */
  get startOffset(): number {
    return this.#startOffset;
  }

  /** How many bytes there were in all. */
  get endOffset(): number {
    return this.#endOffset;
  }

  /** Whether everything is kept that was not acknowledged. Once it is not, nothing is kept ever after. */
  get whole(): boolean {
    return this.#whole;
  }

  /** Keeps a copy. */
  push(bytes: Uint8Array): void {
    this.#endOffset += bytes.length;
    if (!this.#whole) return;
    if (this.#endOffset - this.#startOffset > this.#mostBytes) return this.clear();
    const last = this.#chunks.at(-1);
    const fitting = last ? Math.min(last.bytes.length - last.length, bytes.length) : 0;
    if (last && fitting > 0) {
      last.bytes.set(bytes.subarray(0, fitting), last.length);
      last.length += fitting;
    }
    const rest = bytes.subarray(fitting);
    if (rest.length === 0) return;
    const chunkBytes = Math.max(rest.length, minChunkBytes);
    if (!this.#room.take(chunkBytes)) return this.clear();
    const chunk = new Uint8Array(chunkBytes);
    chunk.set(rest);
    this.#chunks.push({ bytes: chunk, length: rest.length });
  }

  /** The app has taken that many bytes more. */
  acknowledge(byteCount: number): void {
    this.#startOffset = Math.min(this.#startOffset + byteCount, this.#endOffset);
    for (let first = this.#chunks[0]; first; first = this.#chunks[0]) {
      if (this.#chunksOffset + first.length > this.#startOffset) return;
      this.#chunksOffset += first.length;
      this.#room.giveBack(first.bytes.length);
      this.#chunks.shift();
    }
  }

  /** What is kept, in order. The pieces are views, and good until the next call. */
  *pieces(): Iterable<Uint8Array> {
    let skip = this.#startOffset - this.#chunksOffset;
    for (const { bytes, length } of this.#chunks) {
      if (length > skip) yield bytes.subarray(skip, length);
      skip = 0;
    }
  }

  /** Keeps nothing, from now on. */
  clear(): void {
    this.#whole = false;
    for (const { bytes } of this.#chunks.splice(0)) this.#room.giveBack(bytes.length);
  }
}
