/** Giving back access to sites: `permissions.remove()`. @module */
import { readPattern } from "../core/host_access_tab.ts";
import { type NamedPermissions, requiredFault, unlistedFault } from "../core/host_permissions.ts";
import { containsPattern, type MatchPattern } from "../core/match_pattern.ts";
import { wholeSite } from "../core/site_pattern.ts";
import type { App } from "../schema/app.ts";
import type { Grant } from "../schema/grant.ts";
import { appHostsOf } from "./app_hosts_of.ts";
import { grantEnding } from "./grant_ending.ts";
import type { Broker } from "./ports.ts";
import { readHostPermissions } from "./read_host_permissions.ts";
import { transact } from "./transact.ts";

const maxAtOnce = 100;

/**
 * Ends the app's allowances for these sites, and for parts of them; those for more than they stand for stay. To have them
 * again, the app has to ask again.
 *
 * @throws ActionError `invalid-body`, in Chrome's words, for what is no match pattern, not declared, or required.
 */
export async function giveBackHosts(
  broker: Broker,
  app: App,
  named: NamedPermissions,
): Promise<void> {
  const hosts = appHostsOf(broker, app);
  const patterns = readHostPermissions(
    named,
    (patterns) => unlistedFault(hosts, patterns),
    (patterns) => requiredFault(hosts, patterns),
  );
  const due = () =>
    broker.store.grantsOf(app.id).all.filter((grant) => isGivenBack(grant, patterns));
  while (due().length > 0) {
    await transact<void>(broker, () => {
      const part = due().slice(0, maxAtOnce);
      return {
        batch: {
          checks: part.map(({ id }) => ({
            noun: "grant",
            id,
            version: broker.store.get("grant", id)?.version ?? null,
          })),
          removals: part.map(({ id }) => ({ noun: "grant", id })),
          history: part.map((grant) => ({
            ...grantEnding(broker, grant, "grant-revoked", "The app gave it back."),
            actor: "app",
          })),
        },
        result: undefined,
      };
    });
  }
}

function isGivenBack(
  { capability, effect, target }: Grant,
  patterns: readonly MatchPattern[],
): boolean {
  if (capability !== "host-access" || effect !== "allow") return false;
  const granted = readPattern(target);
  return granted !== null && patterns.some((one) => containsPattern(one, wholeSite(granted)));
}
