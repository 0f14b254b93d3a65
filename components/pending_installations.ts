/** Which apps wait for an installation card. @module */
import type { AppView } from "../broker/schema/dashboard.ts";

/** New apps, and installed ones in whose name another browser asks. */
export function pendingInstallations(apps: readonly AppView[]): AppView[] {
  return apps.filter((app) => app.state === "pending-installation" || app.pendingCredentials > 0);
}
