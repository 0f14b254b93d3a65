/** How an app stands with sites, as its page shows it. @module */
import { siteAccess } from "../core/site_access.ts";
import type { App } from "../schema/app.ts";
import type { SiteAccessView } from "../schema/site_access.ts";
import { appHostsOf } from "./app_hosts_of.ts";
import type { Broker } from "./ports.ts";

/** The view of an app's site access. */
export function siteAccessView(broker: Broker, app: App): SiteAccessView {
  const { store, clock } = broker;
  const hosts = appHostsOf(broker, app);
  const { mode, sites } = siteAccess(hosts, store.grantsOf(app.id).all, clock.nowMs());
  return { mode, sites: [...sites], declared: [...new Set(hosts.all.map(({ text }) => text))] };
}
