/** When an answer ends by the clock. @module */
import type { Duration } from "../schema/duration.ts";

/** The end of an answer given at `nowMs`, or null where time alone does not end it. */
export function expiresAtMs(duration: Duration, nowMs: number): number | null {
  switch (duration.kind) {
    case "for":
      return nowMs + duration.ms;
    case "until":
      return duration.atMs;
    default:
      return null;
  }
}
