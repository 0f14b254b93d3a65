/** Quieting: when putting a question off, or letting it lie, becomes an embargo (design section 7). @module */
import type { Embargo } from "../schema/embargo.ts";

/** How many times Later may be chosen before the question is not put for a while. */
export const maxDismissals = 3;
/** How many times a question may be seen and left to expire before it is not put for a while. */
export const maxIgnores = 4;
/** How long an embargo lasts: 7 days. */
export const embargoMs = 7 * 24 * 60 * 60 * 1000;

/** What the person did instead of answering. */
export type PutOff = "dismissal" | "ignore";

/** Whether an embargo holds. */
export function isEmbargoed({ untilMs }: Pick<Embargo, "untilMs">, nowMs: number): boolean {
  return untilMs !== null && nowMs < untilMs;
}

/** The counts after one more; an embargo begins with the last one that there may be. An ended embargo counts anew. */
export function countPutOff(before: Embargo, kind: PutOff, nowMs: number): Embargo {
  const over = before.untilMs !== null && !isEmbargoed(before, nowMs);
  const dismissals = (over ? 0 : before.dismissals) + (kind === "dismissal" ? 1 : 0);
  const ignores = (over ? 0 : before.ignores) + (kind === "ignore" ? 1 : 0);
  const begins = dismissals >= maxDismissals || ignores >= maxIgnores;
  return { ...before, dismissals, ignores, untilMs: begins ? nowMs + embargoMs : null };
}
