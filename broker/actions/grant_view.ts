/** A grant as the dashboard lists it. @module */
import { isBroadGrant } from "../core/grant_list.ts";
import { narrowerTarget } from "../core/narrower_target.ts";
import { isUnused } from "../core/unused_grants.ts";
import type { GrantView } from "../schema/dashboard.ts";
import type { Grant } from "../schema/grant.ts";
import { budgetMeter } from "./budget_meter.ts";
import type { Broker } from "./ports.ts";

/** How many open sessions each grant or rule allows, by its id. */
export type SessionCounts = ReadonlyMap<string, number>;

/** Counts the open sessions. Who makes many views counts once for all of them. */
export function countSessions({ sessions }: Pick<Broker, "sessions">): SessionCounts {
  const counts = new Map<string, number>();
  for (const { session } of sessions.list()) {
    for (const id of new Set(session.ruleIds)) counts.set(id, (counts.get(id) ?? 0) + 1);
  }
  return counts;
}

/** The view of a grant: its record, its app's name, and how many sessions it allows now. */
export function grantView(
  broker: Broker,
  grant: Grant,
  counts: SessionCounts = countSessions(broker),
): GrantView {
  const { v: _, ...shown } = grant;
  const nowMs = broker.clock.nowMs();
  const sessionCount = counts.get(grant.id) ?? 0;
  const use = broker.store.get("grantUse", grant.id)?.record;
  return {
    ...shown,
    appName: broker.store.get("app", grant.appId)?.record.claims.name ?? "",
    sessionCount,
    useCount: use?.useCount ?? 0,
    lastUsedAtMs: use?.lastUsedAtMs ?? null,
    unused: isUnused({ grant, use, open: sessionCount > 0 }, nowMs),
    broad: isBroadGrant(grant),
    narrowerTarget: narrowerTarget(grant, use, nowMs),
    ...(grant.budget && { budgetUse: budgetMeter(broker).get(grant.id) }),
  };
}
