/** Bytes from an app on their way to a socket: small pieces are joined, so that a flood of them costs little. @module */

/** Pieces shorter than this are copied together; longer ones are kept as they came. */
const joinBelowBytes = 4 * 1024;
const joinedPieceBytes = 32 * 1024;

/** A queue of bytes, first in, first out. It holds no more than the credit that was given for it. */
export class WriteQueue {
  readonly #pieces: Uint8Array[] = [];
  /** The last piece of `#pieces` while it is one of joined ones with room left, and how much of it is used. */
  #joining: { buffer: Uint8Array; length: number } | null = null;

  /** Whether nothing waits. */
  get empty(): boolean {
    return this.#pieces.length === 0;
  }

  /** Appends bytes; `bytes` must not be written to afterwards. */
  push(bytes: Uint8Array): void {
    const first = this.#pieces.length === 0;
    if (first || bytes.length >= joinBelowBytes) {
      this.#joining = null;
      this.#pieces.push(bytes);
      return;
    }
    if (this.#joining === null || this.#joining.length + bytes.length > joinedPieceBytes) {
      this.#joining = { buffer: new Uint8Array(joinedPieceBytes), length: 0 };
      this.#pieces.push(this.#joining.buffer);
    }
    this.#joining.buffer.set(bytes, this.#joining.length);
    this.#joining.length += bytes.length;
  }

  /** Takes the next bytes, or undefined when there are none. */
  shift(): Uint8Array | undefined {
    const piece = this.#pieces.shift();
    if (piece === undefined || piece !== this.#joining?.buffer) return piece;
    const joined = piece.subarray(0, this.#joining.length);
    this.#joining = null;
    return joined;
  }

  /** Forgets everything. */
  clear(): void {
    this.#pieces.length = 0;
    this.#joining = null;
  }
}
