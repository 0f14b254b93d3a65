/** Unused grants: when one is listed for review, when it ends, and for how long that can be undone (design section 7). @module */
import type { Grant } from "../schema/grant.ts";
import type { GrantUse } from "../schema/grant_use.ts";

const dayMs = 24 * 60 * 60 * 1000;

/** After how long without use a grant is listed for review. */
export const unusedAfterMs = 60 * dayMs;
/** After how long without use an allowance for always ends. */
export const endsUnusedAfterMs = 90 * dayMs;
/** For how long such an end can be undone. */
export const undoUnusedMs = 30 * dayMs;

/** A grant, what is known of its use, and whether a session that it allows is open. */
export interface GrantInUse {
  readonly grant: Grant;
  readonly use: GrantUse | undefined;
  readonly open: boolean;
}

/** Whether a grant has not been used for so long that it is listed for review. A denial has no use to miss. */
export function isUnused({ grant, use, open }: GrantInUse, nowMs: number): boolean {
  return grant.effect === "allow" && !open && nowMs - lastActiveMs(grant, use) >= unusedAfterMs;
}

/** When a grant ends for want of use; null when it does not, because it is in use, denies, or ends otherwise. */
export function unusedEndMs({ grant, use, open }: GrantInUse): number | null {
  if (grant.effect !== "allow" || grant.duration.kind !== "always" || open) return null;
  return lastActiveMs(grant, use) + endsUnusedAfterMs;
}

function lastActiveMs(grant: Grant, use: GrantUse | undefined): number {
  return Math.max(grant.createdAtMs, use?.lastUsedAtMs ?? 0);
}
