/** Bytes from an app on their way to a socket: small pieces are joined, so that a flood of them costs little. @module */

/** Pieces shorter than this are copied together; longer ones are kept as they came. */
const joinBelowBytes = 4 * 1024;
const joinedPieceBytes = 32 * 1024;

/** A queue of bytes, first in, first out. It holds no more than the credit that was given for it. */
export class WriteQueue {
  readonly #pieces: Uint8Array[] = [];
  /** The buffer of which the last piece is the beginning, while that one may still grow. */
  #growing: Uint8Array | null = null;

  /** How many pieces wait. */
  get length(): number {
    return this.#pieces.length;
  }

  /** Appends bytes; `bytes` must not be written to afterwards. */
  push(bytes: Uint8Array): void {
    if (this.#pieces.length === 0 || bytes.length >= joinBelowBytes) {
      this.#growing = null;
      this.#pieces.push(bytes);
      return;
    }
    const last = this.#growing ? this.#pieces.at(-1) : undefined;
    if (this.#growing && last && last.length + bytes.length <= joinedPieceBytes) {
      this.#growing.set(bytes, last.length);
      this.#pieces[this.#pieces.length - 1] = this.#growing.subarray(0, last.length + bytes.length);
      return;
    }
    this.#growing = new Uint8Array(joinedPieceBytes);
    this.#growing.set(bytes);
    this.#pieces.push(this.#growing.subarray(0, bytes.length));
  }

  /** Takes the next bytes, or undefined when there are none. */
  shift(): Uint8Array | undefined {
    const piece = this.#pieces.shift();
    if (this.#pieces.length === 0) this.#growing = null;
    return piece;
  }

  /** Forgets everything. */
  clear(): void {
    this.#pieces.length = 0;
    this.#growing = null;
  }
}
