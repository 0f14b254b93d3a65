/** How the credit that a relay gives its app is shared among its streams. @module */
import { nextWindowBytes, type RelayLimits } from "./relay_limits.ts";

/** The windows of the streams of one relay: the more bytes are given out, the less a further stream gets. */
export class WindowPool {
  readonly #limits: RelayLimits;
  #givenBytes = 0;

  constructor(limits: RelayLimits) {
    this.#limits = limits;
  }

  /**
   * Takes a window for one more stream; `giveBack()` is to be called once, when the stream is over.
   *
   * @param mostBytes The window is not larger than this.
   */
  take(mostBytes: number = Infinity): { windowBytes: number; giveBack(): void } {
    const windowBytes = Math.min(nextWindowBytes(this.#limits, this.#givenBytes), mostBytes);
    return { windowBytes, giveBack: this.retake(windowBytes) };
  }

  /** Takes the window of a stream that comes with one, from another relay; the returned function gives it back. */
  retake(windowBytes: number): () => void {
    this.#givenBytes += windowBytes;
    return () => this.#givenBytes -= windowBytes;
  }
}
