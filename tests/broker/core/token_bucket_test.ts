/** Token buckets: what may go at once, what in the long run, and clocks that jump. @module */
import assert from "node:assert/strict";
import fc from "fast-check";
import {
  type Bucket,
  type BucketRate,
  fullBucket,
  refill,
  takeTokens,
} from "../../../broker/core/token_bucket.ts";

const rate: BucketRate = { capacity: 3, tokensPerSecond: 2 };

function taken(bucket: Bucket, nowMs: number, count = 1): Bucket {
  const taking = takeTokens(bucket, rate, nowMs, count);
  assert.ok("bucket" in taking, "it is given");
  return taking.bucket;
}

Deno.test("a full bucket gives its capacity at once, then says how long to wait", () => {
  const empty = taken(fullBucket(rate, 1000), 1000, 3);
  assert.deepEqual(takeTokens(empty, rate, 1000), { retryAfterMs: 500 });
  assert.deepEqual(takeTokens(empty, rate, 1300), { retryAfterMs: 200 });
  assert.deepEqual(takeTokens(empty, rate, 1000, 3), { retryAfterMs: 1500 });
  assert.equal(taken(empty, 1500).tokens, 0);
});

Deno.test("it never fills beyond its capacity, nor when the clock is set back", () => {
  const empty = taken(fullBucket(rate, 1000), 1000, 3);
  assert.equal(refill(empty, rate, 1_000_000).tokens, 3);
  assert.equal(refill(empty, rate, 0).tokens, 0);
  assert.equal(refill(fullBucket(rate, 0), { ...rate, capacity: 1 }, 0).tokens, 1, "lowered");
});

Deno.test("more than a full bucket holds is an error, not a wait without end", () => {
  assert.throws(() => takeTokens(fullBucket(rate, 0), rate, 0, 4), RangeError);
});

Deno.test("in any stretch of time no more is given than the capacity and what flows in", () => {
  const steps = fc.array(fc.record({
    afterMs: fc.integer({ min: 0, max: 2000 }),
    count: fc.integer({ min: 1, max: 3 }),
  }));
  fc.assert(fc.property(steps, (takes) => {
    let bucket = fullBucket(rate, 0);
    let nowMs = 0;
    let given = 0;
    for (const { afterMs, count } of takes) {
      nowMs += afterMs;
      const taking = takeTokens(bucket, rate, nowMs, count);
      if (!("bucket" in taking)) {
        // What was refused is given at the time that was named.
        assert.ok("bucket" in takeTokens(bucket, rate, nowMs + taking.retryAfterMs, count));
        continue;
      }
      bucket = taking.bucket;
      given += count;
    }
    assert.ok(given <= rate.capacity + nowMs * rate.tokensPerSecond / 1000 + 1e-6);
  }));
});
