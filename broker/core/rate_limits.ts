/** How much an app may do in a while, and what it has done of it (design section 11, "DDoS"). Pure: state is given and returned. @module */
import type { ReachedLimit } from "./question.ts";
import { type Bucket, type BucketRate, fullBucket, refill, takeTokens } from "./token_bucket.ts";

/** Limits of connections. */
export interface ConnectLimit {
  /** How many may be opened within a minute, all of them at once if need be. */
  readonly perMinute: number;
  /** How many may be open at a time, those included that are being opened. */
  readonly concurrent: number;
}

/** Limits of datagrams. */
export interface DatagramLimit {
  readonly packetsPerSecond: number;
  readonly bytesPerSecond: number;
}

/** Every limit that holds for one app. */
export interface RateLimits {
  /** Connections of an app to one target beyond this computer. */
  readonly target: ConnectLimit;
  /** Connections of an app to all targets beyond this computer. */
  readonly app: ConnectLimit;
  /** Connections of an app to this computer itself, by one target and in all. */
  readonly loopback: ConnectLimit;
  /** Datagrams of an app to one target. */
  readonly targetDatagrams: DatagramLimit;
  /** Datagrams of an app to all targets. */
  readonly appDatagrams: DatagramLimit;
  /** Datagrams of an app to this computer itself. */
  readonly loopbackDatagrams: DatagramLimit;
  /** Questions of an app that were refused, or put before a person, within a minute. */
  readonly asksPerMinute: number;
}

/**
 * The limits where policy names none. They let honest heavy use through and stop a page from being a weapon:
 *
 * - One target: a browser opens at most 255 WebSockets to a host and a database pool rarely 100 connections, while 600 a
 *   minute (ten a second for ever) is no load that a server notices.
 * - All targets: a BitTorrent client holds some 500 peers and tries about 50 a second when it starts; scanning a /24 for
 *   printers takes 254.
 * - This computer: whoever floods it harms the person alone, who granted it; development tools and benchmarks open
 *   thousands a second. The bound is what the ports of one address bear.
 * - Datagrams: a video call sends 500 packets and 0.5 MB a second; a target gets 5,000 and 8 MB, an app four times that,
 *   and this computer ten times what an app gets.
 * - Questions: what is asked over and over costs a commit each time, and ten a second are more than a person can mean.
 */
export const defaultRateLimits: RateLimits = {
  target: { perMinute: 600, concurrent: 256 },
  app: { perMinute: 6000, concurrent: 2048 },
  loopback: { perMinute: 240_000, concurrent: 16_384 },
  targetDatagrams: { packetsPerSecond: 5000, bytesPerSecond: 8_000_000 },
  appDatagrams: { packetsPerSecond: 20_000, bytesPerSecond: 32_000_000 },
  loopbackDatagrams: { packetsPerSecond: 200_000, bytesPerSecond: 320_000_000 },
  asksPerMinute: 600,
};

/** Some of the limits; those that are absent stay as they are. */
export type RateLimitParts = {
  readonly [Name in keyof RateLimits]?: RateLimits[Name] extends number ? number | undefined
    : { readonly [Part in keyof RateLimits[Name]]?: number | undefined } | undefined;
};

/** The limits with some of them replaced. */
export function replaceLimits(limits: RateLimits, parts: RateLimitParts): RateLimits {
  return {
    target: present(limits.target, parts.target),
    app: present(limits.app, parts.app),
    loopback: present(limits.loopback, parts.loopback),
    targetDatagrams: present(limits.targetDatagrams, parts.targetDatagrams),
    appDatagrams: present(limits.appDatagrams, parts.appDatagrams),
    loopbackDatagrams: present(limits.loopbackDatagrams, parts.loopbackDatagrams),
    asksPerMinute: parts.asksPerMinute ?? limits.asksPerMinute,
  };
}

function present<Limit extends object>(
  limit: Limit,
  parts: { readonly [Part in keyof Limit]?: number | undefined } = {},
): Limit {
  const named = Object.entries(parts).filter(([, value]) => value !== undefined);
  return { ...limit, ...Object.fromEntries(named) };
}

/** What has been used of a `ConnectLimit`. */
export interface ConnectUse {
  readonly recent: Bucket;
  readonly open: number;
}

/** What has been used of a `DatagramLimit`. */
export interface DatagramUse {
  readonly packets: Bucket;
  readonly bytes: Bucket;
}

/** What came of using: the use afterwards, or the limit that stands in the way. */
export type Using<Use> = { readonly use: Use } | { readonly reached: ReachedLimit };

/** The rate of a limit a minute: the whole minute's worth may go at once. */
export function rateOfMinute(perMinute: number): BucketRate {
  return { capacity: perMinute, tokensPerSecond: perMinute / 60 };
}

// The largest datagram there is has to fit (facts: 65,507 bytes), or it could never be sent.
const largestDatagramBytes = 65_507;

function packetRate({ packetsPerSecond }: DatagramLimit): BucketRate {
  return { capacity: Math.max(1, packetsPerSecond), tokensPerSecond: packetsPerSecond };
}

function byteRate({ bytesPerSecond }: DatagramLimit): BucketRate {
  return {
    capacity: Math.max(largestDatagramBytes, bytesPerSecond),
    tokensPerSecond: bytesPerSecond,
  };
}

/** A use of nothing yet. */
export function noConnects(limit: ConnectLimit, nowMs: number): ConnectUse {
  return { recent: fullBucket(rateOfMinute(limit.perMinute), nowMs), open: 0 };
}

/** One more connection. Nobody knows when an open one closes, so a second is the wait that is advised then. */
export function useConnect(
  use: ConnectUse,
  limit: ConnectLimit,
  nowMs: number,
  whither: string,
): Using<ConnectUse> {
  if (use.open >= limit.concurrent) {
    const message = `This app has ${limit.concurrent} connections ${whither} open already.`;
    return { reached: { message, retryAfterMs: 1000 } };
  }
  const taking = takeTokens(use.recent, rateOfMinute(limit.perMinute), nowMs);
  if ("bucket" in taking) return { use: { recent: taking.bucket, open: use.open + 1 } };
  const message = `This app may open ${limit.perMinute} connections ${whither} a minute.`;
  return { reached: { message, retryAfterMs: taking.retryAfterMs } };
}

/** One connection less. */
export function endConnect(use: ConnectUse): ConnectUse {
  return { ...use, open: Math.max(0, use.open - 1) };
}

/** Whether a use is as good as none, so that it need not be kept. */
export function isIdle(use: ConnectUse, limit: ConnectLimit, nowMs: number): boolean {
  const rate = rateOfMinute(limit.perMinute);
  return use.open === 0 && refill(use.recent, rate, nowMs).tokens >= rate.capacity;
}

/** A use of no datagram yet. */
export function noDatagrams(limit: DatagramLimit, nowMs: number): DatagramUse {
  return {
    packets: fullBucket(packetRate(limit), nowMs),
    bytes: fullBucket(byteRate(limit), nowMs),
  };
}

/** One more datagram of `bytes` bytes. One that is over the limit is to be dropped and counted, so it uses nothing. */
export function useDatagram(
  use: DatagramUse,
  limit: DatagramLimit,
  nowMs: number,
  bytes: number,
): Using<DatagramUse> {
  const packets = takeTokens(use.packets, packetRate(limit), nowMs);
  if (!("bucket" in packets)) {
    const message = `This app may send ${limit.packetsPerSecond} packets a second.`;
    return { reached: { message, retryAfterMs: packets.retryAfterMs } };
  }
  const taken = takeTokens(use.bytes, byteRate(limit), nowMs, bytes);
  if ("bucket" in taken) return { use: { packets: packets.bucket, bytes: taken.bucket } };
  const message = `This app may send ${limit.bytesPerSecond} bytes a second.`;
  return { reached: { message, retryAfterMs: taken.retryAfterMs } };
}

/** Whether a use of datagrams is as good as none, so that it need not be kept. */
export function isIdleDatagrams(use: DatagramUse, limit: DatagramLimit, nowMs: number): boolean {
  const [packets, bytes] = [packetRate(limit), byteRate(limit)];
  return refill(use.packets, packets, nowMs).tokens >= packets.capacity &&
    refill(use.bytes, bytes, nowMs).tokens >= bytes.capacity;
}
