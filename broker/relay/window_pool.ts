/** How the credit that a relay gives its app is shared among its streams. @module */
import { nextWindowBytes, type RelayLimits } from "./relay_limits.ts";

/** The windows of the streams of one relay: the more bytes are given out, the less a further stream gets. */
export class WindowPool {
  readonly #limits: RelayLimits;
  #givenBytes = 0;

  constructor(limits: RelayLimits) {
    this.#limits = limits;
  }

  /** Takes a window for one more stream; `giveBack()` is to be called once, when the stream is over. */
  take(): { windowBytes: number; giveBack(): void } {
    const windowBytes = nextWindowBytes(this.#limits, this.#givenBytes);
    this.#givenBytes += windowBytes;
    return { windowBytes, giveBack: () => this.#givenBytes -= windowBytes };
  }
}
