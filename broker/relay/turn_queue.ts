/** What is gathered while one turn of the event loop lasts, and goes out together: many small messages become one write. @module */
import { setImmediate } from "node:timers";

/** Gathers items, and hands them on once a turn. */
export class TurnQueue<Item> {
  #gathered: Item[] = [];
  readonly #handOn: (items: readonly Item[]) => void;

  /** @param handOn Takes what was gathered, in order; never called with nothing. */
  constructor(handOn: (items: readonly Item[]) => void) {
    this.#handOn = handOn;
  }

  /** Adds one more. */
  push(item: Item): void {
    if (this.#gathered.push(item) > 1) return;
    setImmediate(() => {
      const gathered = this.#gathered;
      this.#gathered = [];
      this.#handOn(gathered);
    });
  }
}
