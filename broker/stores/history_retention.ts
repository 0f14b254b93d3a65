/** How much history is kept, and which entry is the first to be kept. @module */

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

/**
 * The sequence number that the first kept entry has at least, going by count alone.
 *
 * @param lastSeq The newest entry's number; 0 when there is none.
 */
export function firstSeqByCount(lastSeq: number, retention: Retention): number {
  return Math.max(1, lastSeq - retention.maxEntries + 1);
}

/** Whether an entry is too old to be kept. The newest entry is kept at any age: it is the chain's end. */
export function isTooOld(atMs: number, nowMs: number, retention: Retention): boolean {
  return atMs < nowMs - retention.maxAgeMs;
}
