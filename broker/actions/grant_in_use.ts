/** What is known of a grant's use right now. @module */
import type { GrantInUse } from "../core/unused_grants.ts";
import type { Grant } from "../schema/grant.ts";
import type { Broker } from "./ports.ts";

/** The ids of everything that allows a session that is open. */
export function idsInUse({ sessions }: Pick<Broker, "sessions">): Set<string> {
  const ids = new Set<string>();
  for (const { session } of sessions.list()) for (const id of session.ruleIds) ids.add(id);
  return ids;
}

/** A grant with its use. */
export function grantInUse(
  { store }: Pick<Broker, "store">,
  grant: Grant,
  inUse: ReadonlySet<string>,
): GrantInUse {
  return { grant, use: store.get("grantUse", grant.id)?.record, open: inUse.has(grant.id) };
}
