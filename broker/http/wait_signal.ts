/** How long a call may wait for something to happen. @module */
import type { Clock } from "../actions/ports.ts";

/**
 * Runs `wait` with a signal that aborts after `timeoutMs`, or when one of `signals` does: a long poll then answers how
 * things stand.
 */
export async function waitAtMost<Result>(
  clock: Clock,
  timeoutMs: number,
  signals: readonly AbortSignal[],
  wait: (signal: AbortSignal) => Promise<Result>,
): Promise<Result> {
  const timedOut = new AbortController();
  const stopTimer = clock.setTimer(timeoutMs, () => timedOut.abort());
  try {
    return await wait(AbortSignal.any([timedOut.signal, ...signals]));
  } finally {
    stopTimer();
  }
}
