/** How much history is kept. @module */

/** The bounds of the history. */
export interface Retention {
  /** How long an entry is kept, in milliseconds. */
  readonly maxAgeMs: number;
  /** How many entries are kept. */
  readonly maxEntries: number;
}

/** 30 days and 100,000 entries. */
export const defaultRetention: Retention = {
  maxAgeMs: 30 * 24 * 60 * 60 * 1000,
  maxEntries: 100_000,
};

/** How far past its bounds the history may go before it is trimmed: so much at a time costs one commit, not one each. */
const slack = 0.01;

/** The sequence number that the first kept entry has at least, going by count alone. */
export function firstSeqByCount(lastSeq: number, retention: Retention): number {
  return Math.max(1, lastSeq - retention.maxEntries + 1);
}

/** Whether an entry is too old to be kept. */
export function isTooOld(atMs: number, nowMs: number, retention: Retention): boolean {
  return atMs < nowMs - retention.maxAgeMs;
}

/** Whether it is time to trim a history of `count` entries, the oldest written at `firstAtMs` (null: not known). */
export function isTrimDue(
  count: number,
  firstAtMs: number | null,
  nowMs: number,
  { maxAgeMs, maxEntries }: Retention,
): boolean {
  if (count > maxEntries + Math.floor(maxEntries * slack)) return true;
  return firstAtMs !== null && firstAtMs < nowMs - maxAgeMs * (1 + slack);
}
