/** Taking back everything that an app was granted. @module */
import type { RevokeResult } from "../schema/dashboard.ts";
import type { AppId } from "../schema/ids.ts";
import { findApp } from "./find_app.ts";
import type { Broker } from "./ports.ts";
import { maxRevokedAtOnce, revokeGrants } from "./revoke_grants.ts";

/**
 * Revokes every grant of an app, denials included: so many at once as one commit takes.
 *
 * @throws ActionError `not-found` when there is no such app.
 */
export async function revokeAppGrants(broker: Broker, appId: AppId): Promise<RevokeResult> {
  findApp(broker, appId);
  const ids = broker.store.grantsOf(appId).all.map(({ id }) => id);
  const result: RevokeResult = { revoked: [], closedSessions: [] };
  for (let from = 0; from < ids.length; from += maxRevokedAtOnce) {
    const part = await revokeGrants(broker, ids.slice(from, from + maxRevokedAtOnce));
    result.revoked.push(...part.revoked);
    result.closedSessions.push(...part.closedSessions);
  }
  return result;
}
