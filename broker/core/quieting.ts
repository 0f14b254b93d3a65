/** Quieting: when putting a question off, or letting it lie, becomes an embargo (design section 7). @module */
import type { Embargo } from "../schema/embargo.ts";
import type { Quieting } from "../schema/settings.ts";

/** How many times Later may be chosen before the question is not put for a while. */
export const maxDismissals = 3;
/** How many times a question may be seen and left to expire before it is not put for a while. */
export const maxIgnores = 4;

/** The two counts for each setting; those of `sooner` are Chrome's for people who hardly ever allow. Null: never. */
const limits: Readonly<Record<Quieting, { dismissals: number; ignores: number } | null>> = {
  usual: { dismissals: maxDismissals, ignores: maxIgnores },
  sooner: { dismissals: 1, ignores: 2 },
  never: null,
};
/** How long an embargo lasts: 7 days. */
export const embargoMs = 7 * 24 * 60 * 60 * 1000;

/** What the person did instead of answering. */
export type PutOff = "dismissal" | "ignore";

/** Whether an embargo holds. */
export function isEmbargoed({ untilMs }: Pick<Embargo, "untilMs">, nowMs: number): boolean {
  return untilMs !== null && nowMs < untilMs;
}

/** The counts after one more; an embargo begins with the last one that there may be. An ended embargo counts anew. */
export function countPutOff(
  before: Embargo,
  kind: PutOff,
  nowMs: number,
  quieting: Quieting,
): Embargo {
  const over = before.untilMs !== null && !isEmbargoed(before, nowMs);
  const dismissals = (over ? 0 : before.dismissals) + (kind === "dismissal" ? 1 : 0);
  const ignores = (over ? 0 : before.ignores) + (kind === "ignore" ? 1 : 0);
  const limit = limits[quieting];
  const begins = limit !== null && (dismissals >= limit.dismissals || ignores >= limit.ignores);
  return { ...before, dismissals, ignores, untilMs: begins ? nowMs + embargoMs : null };
}
