/** What each app could do right now, for the page of permissions. @module */
import { accessOf } from "../core/app_access.ts";
import { type AppAccess, maxAppAccess } from "../schema/app_access.ts";
import type { Broker } from "./ports.ts";

/** The apps that could do anything by their permissions, by name; the first of them, where there are very many. */
export function appAccessList(broker: Broker): AppAccess[] {
  const { store, clock } = broker;
  const policy = broker.policy.current();
  return [...store.list("app")]
    .filter(({ state }) => state === "installed")
    .flatMap((app) => accessOf(app, store.grantsOf(app.id), policy, clock.nowMs()) ?? [])
    .sort((a, b) => a.appName.localeCompare(b.appName) || (a.appId < b.appId ? -1 : 1))
    .slice(0, maxAppAccess);
}
