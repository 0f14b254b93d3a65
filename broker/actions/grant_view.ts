/** A grant as the dashboard lists it. @module */
import { isUnused } from "../core/unused_grants.ts";
import type { GrantView } from "../schema/dashboard.ts";
import type { Grant } from "../schema/grant.ts";
import type { Broker } from "./ports.ts";

/** The view of a grant: its record, its app's name, and how many sessions it allows now. */
export function grantView(broker: Broker, grant: Grant): GrantView {
  const { v: _, ...shown } = grant;
  let sessionCount = 0;
  for (const { session } of broker.sessions.list()) {
    if (session.ruleIds.includes(grant.id)) sessionCount++;
  }
  const use = broker.store.get("grantUse", grant.id)?.record;
  return {
    ...shown,
    appName: broker.store.get("app", grant.appId)?.record.claims.name ?? "",
    sessionCount,
    useCount: use?.useCount ?? 0,
    lastUsedAtMs: use?.lastUsedAtMs ?? null,
    unused: isUnused({ grant, use, open: sessionCount > 0 }, broker.clock.nowMs()),
  };
}
