/** The sites that an app declares. @module */
import { type AppHosts, appHosts } from "../core/app_hosts.ts";
import type { App } from "../schema/app.ts";
import type { Broker } from "./ports.ts";

/** What the app says that it declares, and what the manifest says that its own origin serves. */
export function appHostsOf({ store }: Pick<Broker, "store">, app: App): AppHosts {
  return appHosts(app.claims.hosts, store.get("manifest", app.id)?.record.manifest ?? undefined);
}
