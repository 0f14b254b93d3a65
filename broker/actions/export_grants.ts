/** Permissions as a file. @module */
import { findGrants } from "../core/grant_list.ts";
import { transportBound } from "../core/transport_bound.ts";
import type { GrantsFile } from "../schema/grants_file.ts";
import type { GrantQuery } from "../schema/list_query.ts";
import { countSessions } from "./grant_view.ts";
import { listedGrants } from "./listed.ts";
import type { Broker } from "./ports.ts";

/** Every grant that a query looks for, oldest first, whatever its page; those of apps that are gone are left out. */
export function exportGrants(broker: Broker, query: GrantQuery): GrantsFile {
  const nowMs = broker.clock.nowMs();
  const found = findGrants(listedGrants(broker, countSessions(broker)), query, nowMs);
  const permissions = found
    .toSorted((a, b) => a.grant.createdAtMs - b.grant.createdAtMs)
    .flatMap(({ grant }) => {
      const app = broker.store.get("app", grant.appId)?.record;
      if (!app) return [];
      const { effect, capability, target, duration, createdAtMs, expiresAtMs } = grant;
      const { kind, origin, manifestId, claims: { name } } = app;
      return [{
        effect,
        app: { kind, name, origin, manifestId },
        capability,
        target,
        ...transportBound(grant),
        duration,
        createdAtMs,
        expiresAtMs,
        ...(grant.budget && { budget: grant.budget }),
      }];
    });
  return {
    format: "gatehouse-permissions",
    v: 1,
    exportedAtMs: nowMs,
    machineName: broker.machine.name,
    permissions,
  };
}
