/** What each app could do right now: its live permissions brought together, for one sentence an app. @module */
import type { AppAccess } from "../schema/app_access.ts";
import type { App } from "../schema/app.ts";
import { capabilities, type Capability } from "../schema/capability.ts";
import type { Grant } from "../schema/grant.ts";
import { type CapabilityTarget, coversCapabilityTarget } from "./capability_target.ts";
import type { GrantIndex } from "./grant_index.ts";
import { grantEndsAtMs, isLiveGrant, readGrant } from "./grant_match.ts";
import type { Policy } from "./policy.ts";

/** How many targets are named for each capability; the rest is counted. */
export const namedTargets = 3;

/** What one app could do with its grants; null for one that could do nothing. */
export function accessOf(
  app: App,
  grants: GrantIndex,
  policy: Policy,
  nowMs: number,
): AppAccess | null {
  const isLive = (grant: Grant) =>
    isLiveGrant(grant, nowMs, null) && nowMs < (grantEndsAtMs(grant, policy) ?? Infinity);
  const targets = new Map<Capability, Set<string>>();
  for (const [order, grant] of grants.all.entries()) {
    if (grant.effect !== "allow" || !isLive(grant)) continue;
    const [target] = readGrant(grant, order).read.targets;
    if (!target || isTakenBack(grants, grant.capability, target, isLive)) continue;
    const known = targets.get(grant.capability) ?? new Set();
    targets.set(grant.capability, known.add(grant.target));
  }
  const powers = capabilities.flatMap((capability) => {
    const all = [...targets.get(capability) ?? []];
    const named = all.slice(0, namedTargets);
    return named.length > 0
      ? [{ capability, targets: named, more: all.length - named.length }]
      : [];
  });
  if (powers.length === 0) return null;
  return { appId: app.id, appName: app.claims.name, isPaused: app.pausedAtMs !== null, powers };
}

/** Whether a denial leaves nothing of a target: one that takes a part of it leaves the rest. */
function isTakenBack(
  grants: GrantIndex,
  capability: Capability,
  target: CapabilityTarget,
  isLive: (grant: Grant) => boolean,
): boolean {
  let isTaken = false;
  grants.visit("deny", capability, target, ({ grant, read }) => {
    // A denial that can't be read denies its capability.
    const takes = read.fault !== null ||
      read.targets.some((denied) => coversCapabilityTarget(denied, target));
    isTaken ||= takes && isLive(grant);
  });
  return isTaken;
}
