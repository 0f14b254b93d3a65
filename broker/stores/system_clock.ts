/** The clock of this machine. @module */
import type { Clock } from "../actions/ports.ts";

/** The longest delay that one `setTimeout` keeps; a longer one would fire at once. */
const longestTimeoutMs = 2 ** 31 - 1;

/** The `Clock` port over the machine's clock and timers. */
export const systemClock: Clock = {
  nowMs: () => Date.now(),
  setTimer(delayMs, callback) {
    let timeout: ReturnType<typeof setTimeout>;
    const wait = (leftMs: number) => {
      timeout = leftMs > longestTimeoutMs
        ? setTimeout(() => wait(leftMs - longestTimeoutMs), longestTimeoutMs)
        : setTimeout(callback, Math.max(0, leftMs));
    };
    wait(delayMs);
    return () => clearTimeout(timeout);
  },
};
