/** What apps have used of their limits, in memory: a minute's use is not worth keeping across a restart. @module */
import type { ConnectPlace, DatagramPlace, Limits } from "../actions/ports.ts";
import type { ReachedLimit } from "../core/question.ts";
import {
  type ConnectLimit,
  type ConnectUse,
  type DatagramLimit,
  type DatagramUse,
  endConnect,
  isIdle,
  isIdleDatagrams,
  noConnects,
  noDatagrams,
  rateOfMinute,
  useConnect,
  useDatagram,
} from "../core/rate_limits.ts";
import {
  type Bucket,
  type BucketRate,
  fullBucket,
  refill,
  takeTokens,
} from "../core/token_bucket.ts";

interface Kept {
  use: ConnectUse;
  limit: ConnectLimit;
}

interface KeptDatagrams {
  use: DatagramUse;
  limit: DatagramLimit;
}

/** How many uses are kept before those that are idle are looked for. */
const firstSweepAt = 1024;

/** The `Limits` port over maps. */
export class LimitTable implements Limits {
  readonly #connects = new Map<string, Kept>();
  readonly #datagrams = new Map<string, KeptDatagrams>();
  readonly #asks = new Map<string, Bucket>();
  #sweepAt = firstSweepAt;
  #sweepDatagramsAt = firstSweepAt;
  #sweepAsksAt = firstSweepAt;

  /** Takes a place within every one of the uses, or none. The place is given back once; giving it back again does nothing. */
  connect(places: readonly ConnectPlace[], nowMs: number): { leave(): void } | ReachedLimit {
    const taken: [string, Kept][] = [];
    for (const { key, limit, whither } of places) {
      const before = this.#connects.get(key)?.use ?? noConnects(limit, nowMs);
      const using = useConnect(before, limit, nowMs, whither);
      if ("reached" in using) return using.reached;
      taken.push([key, { use: using.use, limit }]);
    }
    for (const [key, kept] of taken) this.#connects.set(key, kept);
    this.#sweep(nowMs);
    let left = false;
    return {
      leave: () => {
        if (left) return;
        left = true;
        for (const [key] of taken) {
          const kept = this.#connects.get(key);
          if (kept) kept.use = endConnect(kept.use);
        }
      },
    };
  }

  /** Takes one datagram out of every one of the uses, or out of none. */
  datagram(places: readonly DatagramPlace[], nowMs: number, bytes: number): ReachedLimit | null {
    const taken: DatagramUse[] = [];
    for (const { key, limit } of places) {
      const before = this.#datagrams.get(key)?.use ?? noDatagrams(limit, nowMs);
      const using = useDatagram(before, limit, nowMs, bytes);
      if ("reached" in using) return using.reached;
      taken.push(using.use);
    }
    for (const [at, use] of taken.entries()) {
      const { key, limit } = places[at] as DatagramPlace;
      this.#datagrams.set(key, { use, limit });
    }
    this.#sweepDatagrams(nowMs);
    return null;
  }

  /** Counts a question of an app; answers after how many milliseconds one more is in order, 0 for now. */
  ask(appId: string, asksPerMinute: number, nowMs: number): number {
    const rate = rateOfMinute(asksPerMinute);
    const taking = takeTokens(this.#asks.get(appId) ?? fullBucket(rate, nowMs), rate, nowMs);
    if (!("bucket" in taking)) return taking.retryAfterMs;
    this.#asks.set(appId, taking.bucket);
    this.#sweepAsks(rate, nowMs);
    return 0;
  }

  /** How many uses are kept. */
  get size(): number {
    return this.#connects.size + this.#datagrams.size + this.#asks.size;
  }

  /** Forgets what is as good as unused, each time the table has doubled. */
  #sweep(nowMs: number): void {
    if (this.#connects.size < this.#sweepAt) return;
    for (const [key, { use, limit }] of this.#connects) {
      if (isIdle(use, limit, nowMs)) this.#connects.delete(key);
    }
    this.#sweepAt = Math.max(firstSweepAt, 2 * this.#connects.size);
  }

  #sweepDatagrams(nowMs: number): void {
    if (this.#datagrams.size < this.#sweepDatagramsAt) return;
    for (const [key, { use, limit }] of this.#datagrams) {
      if (isIdleDatagrams(use, limit, nowMs)) this.#datagrams.delete(key);
    }
    this.#sweepDatagramsAt = Math.max(firstSweepAt, 2 * this.#datagrams.size);
  }

  /** Apps that have not asked for a while have nothing to be remembered for, those that are gone included. */
  #sweepAsks(rate: BucketRate, nowMs: number): void {
    if (this.#asks.size < this.#sweepAsksAt) return;
    for (const [appId, bucket] of this.#asks) {
      if (refill(bucket, rate, nowMs).tokens >= rate.capacity) this.#asks.delete(appId);
    }
    this.#sweepAsksAt = Math.max(firstSweepAt, 2 * this.#asks.size);
  }
}
