/** What was sent on a stream and not written by the broker yet: kept, to be sent again when a page comes back. @module */

/** The last bytes of a stream; the credit of the broker bounds how many they are. */
export class SentLog {
  readonly #pieces: Uint8Array[] = [];
  #startOffset: number;
  #endOffset: number;

  /**
   * @param endOffset How many bytes were sent in all.
   * @param kept The last of them.
   */
  constructor(endOffset = 0, kept: Uint8Array = new Uint8Array(0)) {
    this.#endOffset = endOffset;
    this.#startOffset = endOffset - kept.length;
    if (kept.length > 0) this.#pieces.push(kept);
  }

  /** How many bytes were acknowledged: those after them are kept. */
  get startOffset(): number {
    return this.#startOffset;
  }

  /** How many bytes were sent in all. */
  get endOffset(): number {
    return this.#endOffset;
  }

  /** Keeps a copy. */
  push(bytes: Uint8Array): void {
    this.#pieces.push(bytes.slice());
    this.#endOffset += bytes.length;
  }

  /** The broker has written that many bytes more. */
  acknowledge(byteCount: number): void {
    for (let left = byteCount; left > 0;) {
      const first = this.#pieces[0];
      if (!first) return;
      const dropped = Math.min(left, first.length);
      if (dropped === first.length) this.#pieces.shift();
      else this.#pieces[0] = first.subarray(dropped);
      this.#startOffset += dropped;
      left -= dropped;
    }
  }

  /** What is kept of the bytes after the first `offset`. */
  after(offset: number): Uint8Array {
    const bytes = new Uint8Array(this.#endOffset - this.#startOffset);
    let at = 0;
    for (const piece of this.#pieces) {
      bytes.set(piece, at);
      at += piece.length;
    }
    return bytes.subarray(Math.max(0, offset - this.#startOffset));
  }
}
