/** The token bucket: so many at once, and so many a second in the long run. Pure: time is given, and buckets are values. @module */

/** How a bucket fills. */
export interface BucketRate {
  /** How many tokens a full bucket holds: what may be taken at once. */
  readonly capacity: number;
  readonly tokensPerSecond: number;
}

/** A bucket at a moment. */
export interface Bucket {
  readonly tokens: number;
  readonly atMs: number;
}

/** What came of taking: the bucket afterwards, or after how long there would be enough. */
export type Taking = { readonly bucket: Bucket } | { readonly retryAfterMs: number };

/** A bucket that nothing was taken from yet. */
export function fullBucket({ capacity }: BucketRate, nowMs: number): Bucket {
  return { tokens: capacity, atMs: nowMs };
}

/**
 * The bucket as it has filled up by `nowMs`. A clock that was set back fills nothing, and a rate that was lowered
 * meanwhile spills what is too much.
 */
export function refill(bucket: Bucket, rate: BucketRate, nowMs: number): Bucket {
  const elapsedMs = Math.max(0, nowMs - bucket.atMs);
  const filled = bucket.tokens + elapsedMs * rate.tokensPerSecond / 1000;
  return { tokens: Math.min(rate.capacity, filled), atMs: nowMs };
}

/**
 * Takes `count` tokens, all or none.
 *
 * @throws RangeError when more is wanted than a full bucket holds: waiting would never help.
 */
export function takeTokens(bucket: Bucket, rate: BucketRate, nowMs: number, count = 1): Taking {
  if (count > rate.capacity) throw new RangeError("More tokens are wanted than the bucket holds.");
  const { tokens } = refill(bucket, rate, nowMs);
  if (tokens >= count) return { bucket: { tokens: tokens - count, atMs: nowMs } };
  const retryAfterMs = Math.ceil((count - tokens) * 1000 / rate.tokensPerSecond);
  // Rounding may leave a bucket a hair short of what was named; then it is there a millisecond later.
  const enough = refill(bucket, rate, nowMs + retryAfterMs).tokens >= count;
  return { retryAfterMs: enough ? retryAfterMs : retryAfterMs + 1 };
}
