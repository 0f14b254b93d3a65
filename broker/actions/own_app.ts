/** An app as it may see itself. @module */
import type { App, Credential } from "../schema/app.ts";
import type { OwnApp } from "../schema/app_api.ts";

/** The caller's own view of its app: pending while either the app or this credential of it waits for a person. */
export function ownApp(app: App, credential: Credential): OwnApp {
  const pending = app.state === "pending-installation" || credential.state === "pending";
  return {
    id: app.id,
    kind: app.kind,
    origin: app.origin,
    name: app.claims.name,
    state: pending ? "pending-installation" : app.pausedAtMs !== null ? "paused" : "installed",
  };
}
