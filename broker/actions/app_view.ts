/** An app as the dashboard shows it. @module */
import { isLiveGrant } from "../core/grant_match.ts";
import type { App } from "../schema/app.ts";
import type { AppView } from "../schema/dashboard.ts";
import type { Broker } from "./ports.ts";

/** The view of an app: its record without anything that could be used to be it. */
export function appView(broker: Broker, app: App): AppView {
  const { v: _, credentials, ...shown } = app;
  const nowMs = broker.clock.nowMs();
  return {
    ...shown,
    identity: app.kind === "program" ? "unverified" : "verified-origin",
    pendingCredentials: credentials.filter((credential) => credential.state === "pending").length,
    grantCount:
      broker.store.grantsOf(app.id).all.filter((grant) => isLiveGrant(grant, nowMs, null)).length,
  };
}
