/** Rates and the curve of the last minute, from byte counts seen one after another. @module */

/** How far back the curve reaches. */
export const trafficSpanMs = 60_000;
/** Changes come up to four times a second; a rate over less than this would jump. */
const rateSpanMs = 2_000;

/** Byte counts of one session at one moment. */
export interface TrafficSample {
  readonly atMs: number;
  readonly bytesSent: number;
  readonly bytesReceived: number;
}
/** What was seen of one session, oldest first. */
export type Traffic = readonly TrafficSample[];

/** What a sample is taken from. */
export interface Counted {
  readonly id: string;
  readonly bytesSent: number;
  readonly bytesReceived: number;
}

/**
 * Takes one sample of every session; forgets sessions that are gone, and what is older than the span, but for one
 * sample at its edge, so that the curve begins at the margin.
 */
export function sampleTraffic(
  seen: ReadonlyMap<string, Traffic>,
  sessions: readonly Counted[],
  nowMs: number,
): Map<string, Traffic> {
  const next = new Map<string, Traffic>();
  for (const { id, bytesSent, bytesReceived } of sessions) {
    const before = (seen.get(id) ?? []).filter((sample) => sample.atMs < nowMs);
    const edge = before.findLastIndex((sample) => sample.atMs <= nowMs - trafficSpanMs);
    next.set(id, [...before.slice(Math.max(0, edge)), { atMs: nowMs, bytesSent, bytesReceived }]);
  }
  return next;
}

/** Bytes per second, both ways together, over the last two seconds and a bit. Zero until two samples are there. */
export function rateOf(traffic: Traffic, nowMs: number): number {
  const last = traffic.at(-1);
  const first = traffic.findLast((sample) => sample.atMs <= nowMs - rateSpanMs) ?? traffic[0];
  if (last === undefined || first === undefined || nowMs <= first.atMs) return 0;
  return Math.max(0, total(last) - total(first)) * 1000 / (nowMs - first.atMs);
}

/** The curve of the last minute. */
export interface Sparkline {
  /** The `d` of an SVG path, in a box of `width` by `height`; empty while nothing is known. */
  readonly path: string;
  /** The highest rate in it, in bytes per second. */
  readonly peak: number;
}

/**
 * Draws the rate over the last minute in steps of two seconds, the highest point at the top. It begins where samples do:
 * a flat line would say that nothing flowed.
 */
export function sparkline(
  traffic: Traffic,
  nowMs: number,
  width: number,
  height: number,
): Sparkline {
  const steps = trafficSpanMs / rateSpanMs;
  const startMs = nowMs - trafficSpanMs;
  const totals = Array.from(
    { length: steps + 1 },
    (_, i) => totalAt(traffic, startMs + i * rateSpanMs),
  );
  const rates = totals.slice(1).map((value, i) => (value - (totals[i] ?? 0)) * 1000 / rateSpanMs);
  const peak = Math.max(0, ...rates);
  const points = rates.flatMap((rate, i) => {
    if (startMs + (i + 1) * rateSpanMs <= (traffic[0]?.atMs ?? nowMs)) return [];
    const x = (i / (rates.length - 1)) * width;
    const y = height - (peak === 0 ? 0 : (rate / peak) * (height - 1)) - 0.5;
    return [`${x.toFixed(1)} ${y.toFixed(1)}`];
  });
  return { path: points.length < 2 ? "" : `M${points.join("L")}`, peak };
}

function total(sample: TrafficSample): number {
  return sample.bytesSent + sample.bytesReceived;
}

/** The count at a moment, between two samples in proportion; before the first sample as that sample. */
function totalAt(traffic: Traffic, atMs: number): number {
  const after = traffic.find((sample) => sample.atMs >= atMs);
  const before = traffic.findLast((sample) => sample.atMs <= atMs);
  if (before === undefined) return after === undefined ? 0 : total(after);
  if (after === undefined || after === before) return total(before);
  const part = (atMs - before.atMs) / (after.atMs - before.atMs);
  return total(before) + part * (total(after) - total(before));
}
