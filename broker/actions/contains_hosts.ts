/** Whether an app has access to sites: `permissions.contains()`. @module */
import { decide } from "../core/decide.ts";
import { type NamedPermissions, unlistedFault } from "../core/host_permissions.ts";
import type { App } from "../schema/app.ts";
import { appHostsOf } from "./app_hosts_of.ts";
import type { Broker } from "./ports.ts";
import { questionFor } from "./question_for.ts";
import { readHostPermissions } from "./read_host_permissions.ts";

/**
 * Whether the app has access to every one of these sites now; true for none. What it does not declare, it has not.
 *
 * @throws ActionError `invalid-body` for what is no match pattern, in Chrome's words.
 */
export function containsHosts(broker: Broker, app: App, named: NamedPermissions): boolean {
  const patterns = readHostPermissions(named);
  if (unlistedFault(appHostsOf(broker, app), patterns) !== null) return false;
  return patterns.every(({ text: target }) =>
    decide(questionFor(broker, { appId: app.id, capability: "host-access", target })).effect ===
      "allow"
  );
}
