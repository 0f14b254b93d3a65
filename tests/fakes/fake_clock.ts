/** A clock that stands still until a test moves it. @module */
import { setImmediate } from "node:timers";
import type { Clock } from "../../broker/actions/ports.ts";

interface Timer {
  readonly dueMs: number;
  readonly callback: () => void;
}

/** A `Clock` that a test moves by `advance()`. */
export class FakeClock implements Clock {
  #nowMs: number;
  // In the order in which they were set, so that of two timers due together the older one fires first.
  readonly #timers = new Set<Timer>();

  /** @param nowMs Where the clock stands at first. */
  constructor(nowMs: number = Date.UTC(2026, 0, 1)) {
    this.#nowMs = nowMs;
  }

  /** Where the clock stands. */
  nowMs(): number {
    return this.#nowMs;
  }

  /** Calls `callback` once the clock has been moved `delayMs` on; the returned function calls it off. */
  setTimer(delayMs: number, callback: () => void): () => void {
    const timer = { dueMs: this.#nowMs + Math.max(0, delayMs), callback };
    this.#timers.add(timer);
    return () => {
      this.#timers.delete(timer);
    };
  }

  /** How many timers wait: a test that expects none to be left asks this. */
  get waiting(): number {
    return this.#timers.size;
  }

  /**
   * Moves the clock on by `ms`. Every timer that falls due fires at its own time, in order, those included that earlier
   * ones set; after each, everything that it made ready to run has run.
   */
  async advance(ms: number): Promise<void> {
    const untilMs = this.#nowMs + ms;
    await settle();
    for (let next = this.#nextUpTo(untilMs); next; next = this.#nextUpTo(untilMs)) {
      this.#timers.delete(next);
      this.#nowMs = Math.max(this.#nowMs, next.dueMs);
      next.callback();
      await settle();
    }
    this.#nowMs = untilMs;
  }

  #nextUpTo(untilMs: number): Timer | undefined {
    let next: Timer | undefined;
    for (const timer of this.#timers) {
      if (timer.dueMs <= untilMs && (!next || timer.dueMs < next.dueMs)) next = timer;
    }
    return next;
  }
}

/** Resolves when every promise that was ready, and all that followed from it, has run. */
export function settle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
