/** The sites that an app has access to: `permissions.getAll()`. @module */
import { unlistedFault } from "../core/host_permissions.ts";
import { readPattern } from "../core/host_access_tab.ts";
import { decide } from "../core/decide.ts";
import type { App } from "../schema/app.ts";
import { appHostsOf } from "./app_hosts_of.ts";
import type { Broker } from "./ports.ts";
import { questionFor } from "./question_for.ts";

/** The patterns that it was granted, each once, as far as they hold now and it declares them. */
export function listHosts(broker: Broker, app: App): string[] {
  const origins = new Set<string>();
  for (const { capability, effect, target } of broker.store.grantsOf(app.id).all) {
    if (capability !== "host-access" || effect !== "allow") continue;
    const pattern = readPattern(target);
    if (pattern === null || unlistedFault(appHostsOf(broker, app), [pattern]) !== null) continue;
    const { effect: now } = decide(questionFor(broker, { appId: app.id, capability, target }));
    if (now === "allow") origins.add(target);
  }
  return [...origins];
}
