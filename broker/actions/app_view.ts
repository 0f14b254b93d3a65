/** An app as the dashboard shows it. @module */
import { readAppName } from "../core/app_name.ts";
import { isLiveGrant } from "../core/grant_match.ts";
import { isEmbargoed } from "../core/quieting.ts";
import type { App } from "../schema/app.ts";
import type { AppView, EmbargoView } from "../schema/dashboard.ts";
import { manifestSummary } from "./manifest_summary.ts";
import type { Broker } from "./ports.ts";

/** The view of an app: its record without anything that could be used to be it. */
export function appView(broker: Broker, app: App): AppView {
  const { v: _, credentials, ...shown } = app;
  const nowMs = broker.clock.nowMs();
  const icon = broker.store.get("icon", app.id)?.record;
  return {
    ...shown,
    identity: app.kind === "program" ? "unverified" : "verified-origin",
    pendingCredentials: credentials.filter((credential) => credential.state === "pending").length,
    grantCount:
      broker.store.grantsOf(app.id).all.filter((grant) => isLiveGrant(grant, nowMs, null)).length,
    embargoes: embargoesOf(broker, app, nowMs),
    nameFlags: [...readAppName(app.claims.name, app.origin).flags],
    manifest: manifestSummary(broker, app),
    icon: icon ? `/apps/${app.id}/icon?${icon.digest.slice(0, 16)}` : null,
  };
}

function embargoesOf(broker: Broker, app: App, nowMs: number): EmbargoView[] {
  const views: EmbargoView[] = [];
  for (const embargo of broker.store.list("embargo")) {
    const { v: _, appId, untilMs, ...shown } = embargo;
    if (appId !== app.id || untilMs === null || !isEmbargoed(embargo, nowMs)) continue;
    views.push({ ...shown, untilMs });
  }
  return views.sort((a, b) => a.untilMs - b.untilMs || (a.id < b.id ? -1 : 1));
}
