/** How long an answer holds by the clock, and what policy says of it. @module */
import type { Duration } from "../schema/duration.ts";

/**
 * The end of an answer given at `nowMs`, or null where time alone does not end it.
 *
 * @param longestMs The longest that policy lets it hold; it bounds what has no time of its own, too.
 */
export function expiresAtMs(
  duration: Duration,
  nowMs: number,
  longestMs: number | null,
): number | null {
  const ownEnd = ownEndMs(duration, nowMs);
  if (longestMs === null) return ownEnd;
  return Math.min(ownEnd ?? Infinity, nowMs + longestMs);
}

function ownEndMs(duration: Duration, nowMs: number): number | null {
  switch (duration.kind) {
    case "for":
      return nowMs + duration.ms;
    case "until":
      return duration.atMs;
    default:
      return null;
  }
}

/** What is wrong with a duration, and where in an answer's body it stands (RFC 6901). */
export interface DurationFault {
  readonly pointer: string;
  readonly detail: string;
}

/** Why an answer given at `nowMs` may not hold that long; null when it may. */
export function durationFault(
  duration: Duration,
  longestMs: number | null,
  nowMs: number,
): DurationFault | null {
  if (duration.kind === "until" && duration.atMs <= nowMs) {
    return { pointer: "/duration/atMs", detail: "Choose a time that is still to come." };
  }
  if (longestMs === null) return null;
  const detail = `Your organisation lets an answer hold for ${
    Math.floor(longestMs / 60_000)
  } minutes at most.`;
  const endsAtMs = ownEndMs(duration, nowMs);
  if (duration.kind === "always") return { pointer: "/duration/kind", detail };
  if (endsAtMs === null || endsAtMs <= nowMs + longestMs) return null;
  return { pointer: duration.kind === "for" ? "/duration/ms" : "/duration/atMs", detail };
}
