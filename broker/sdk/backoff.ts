/** How long to wait before trying again. @module */

const firstDelayMs = 250;
const longestDelayMs = 10_000;

/**
 * The delay before the next attempt.
 *
 * @param failures How many attempts have failed in a row.
 * @returns Milliseconds: 0 after none, then 250, doubling up to 10 s.
 */
export function backoffDelayMs(failures: number): number {
  if (failures === 0) return 0;
  return Math.min(firstDelayMs * 2 ** (failures - 1), longestDelayMs);
}
