/** Installing what the organisation installs: no person is asked. @module */
import { namesApp } from "../core/app_reference.ts";
import type { App } from "../schema/app.ts";
import type { HistoryDraft } from "../schema/history.ts";
import { changeApp } from "./change_app.ts";
import { historyDraft } from "./history_draft.ts";
import { acceptedCredentials } from "./install_app.ts";
import type { Broker } from "./ports.ts";

/** The app as installed by policy, and the line of history on it; null where policy does not, or nothing is left to do. */
export function installedByPolicy(
  broker: Pick<Broker, "clock" | "policy">,
  app: App,
): { app: App; history: HistoryDraft } | null {
  const policy = broker.policy.current();
  if (!namesApp(policy.apps.forceInstalled, app) || namesApp(policy.apps.blocked, app)) return null;
  const isComplete = app.credentials.every(({ state }) => state === "active");
  if (app.state === "installed" && isComplete) return null;
  const installed: App = {
    ...app,
    state: "installed",
    installedAtMs: app.installedAtMs ?? broker.clock.nowMs(),
    credentials: acceptedCredentials(app),
  };
  const who = policy.managedBy ?? "Your organisation";
  const message = `${who} installed ${app.claims.name}.`;
  const history = historyDraft(broker, "app-installed", "organisation", {
    app: installed,
    message,
  });
  return { app: installed, history };
}

/** Installs every app that waits and that the policy in force installs. */
export async function installForcedApps(broker: Broker): Promise<void> {
  for (const { id } of broker.store.list("app")) {
    const app = broker.store.get("app", id)?.record;
    if (!app || !installedByPolicy(broker, app)) continue;
    await changeApp(broker, id, (app) => installedByPolicy(broker, app));
  }
}
