/** Setting an app's site access: on click, on these sites, or on all sites that it declares. @module */
import { planSiteAccess } from "../core/site_access.ts";
import type { AppId } from "../schema/ids.ts";
import type { SiteAccessView, SiteAccessWish } from "../schema/site_access.ts";
import { appHostsOf } from "./app_hosts_of.ts";
import { ActionError } from "./action_error.ts";
import { findApp } from "./find_app.ts";
import { grantEnding } from "./grant_ending.ts";
import { lastingGrant } from "./lasting_grant.ts";
import type { Broker } from "./ports.ts";
import { siteAccessView } from "./site_access_view.ts";
import { transact } from "./transact.ts";

// The store takes 700 KiB in one commit; each change is a grant and a line of history that holds it.
const maxAtOnce = 100;

/**
 * Brings an app's grants for sites to what the person wishes; what is to go goes first. They are ordinary grants.
 *
 * @throws ActionError `not-found`, `invalid-body` for a site that is no match pattern, or that the app does not declare.
 */
export async function setSiteAccess(
  broker: Broker,
  appId: AppId,
  wish: SiteAccessWish,
): Promise<SiteAccessView> {
  while (!(await changeSome(broker, appId, wish)));
  return siteAccessView(broker, findApp(broker, appId));
}

/** Makes as many changes as fit one commit. @returns Whether nothing is left to change. */
function changeSome(broker: Broker, appId: AppId, wish: SiteAccessWish): Promise<boolean> {
  return transact<boolean>(broker, () => {
    const app = findApp(broker, appId);
    const { all } = broker.store.grantsOf(appId);
    const plan = planSiteAccess(appHostsOf(broker, app), all, wish, broker.clock.nowMs());
    if ("detail" in plan) {
      const { pointer, detail } = plan;
      throw new ActionError("invalid-body", `${pointer}: ${detail}`, { errors: [plan] });
    }
    const revoke = plan.revoke.slice(0, maxAtOnce);
    const made = plan.allow.slice(0, maxAtOnce - revoke.length)
      .map((target) => lastingGrant(broker, appId, target));
    if (revoke.length + made.length === 0) return { batch: null, result: true };
    return {
      batch: {
        checks: revoke.map(({ id }) => ({
          noun: "grant",
          id,
          version: broker.store.get("grant", id)?.version ?? null,
        })),
        removals: revoke.map(({ id }) => ({ noun: "grant", id })),
        puts: made.map(({ grant }) => ({ noun: "grant", id: grant.id, record: grant })),
        history: [
          ...revoke.map((grant) => grantEnding(broker, grant, "grant-revoked")),
          ...made.map(({ history }) => history),
        ],
      },
      result: revoke.length + made.length === plan.revoke.length + plan.allow.length,
    };
  });
}
