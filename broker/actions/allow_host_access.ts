/** Allowing a host access request: the page's site, always. @module */
import type { Grant } from "../schema/grant.ts";
import type { HostAccessCardId } from "../schema/host_access.ts";
import { findEmbargo } from "./find_embargo.ts";
import { findHostAccess } from "./find_host_access.ts";
import { lastingGrant } from "./lasting_grant.ts";
import type { Broker } from "./ports.ts";
import { transact } from "./transact.ts";

/**
 * Grants the app the site that the card shows, for as long as policy lets it. The review that follows takes the request
 * off every tab of that site, and the app hears of it by the event `added`.
 *
 * @throws ActionError `request-ended`, `stale-review`.
 */
export function allowHostAccess(
  broker: Broker,
  id: HostAccessCardId,
  reviewToken: string,
): Promise<Grant> {
  return transact<Grant>(broker, () => {
    const { holder: { appId }, view: { target } } = findHostAccess(broker, id, reviewToken);
    const { grant, history } = lastingGrant(broker, appId, target);
    const counted = findEmbargo(broker, { appId, capability: "host-access", target });
    return {
      batch: {
        checks: [{ noun: "grant", id: grant.id, version: null }],
        puts: [{ noun: "grant", id: grant.id, record: grant }],
        removals: counted ? [{ noun: "embargo", id: counted.record.id }] : [],
        history: [history],
      },
      result: grant,
    };
  });
}
