/** Which apps wait for an installation card. @module */
import type { AppView } from "../broker/schema/dashboard.ts";

/** New apps, and installed ones in whose name another browser asks, or that newly declare wishes. */
export function pendingInstallations(apps: readonly AppView[]): AppView[] {
  return apps.filter((app) =>
    app.state === "pending-installation" || app.pendingCredentials > 0 || hasNewWishes(app)
  );
}

/** Whether an app's manifest declares something that the person has not seen. */
export function hasNewWishes({ manifest }: Pick<AppView, "manifest">): boolean {
  return manifest !== null && manifest.newWishCount > 0;
}

/** Whether a card of this app is about its wishes alone. */
export function asksForWishesOnly(
  app: Pick<AppView, "state" | "pendingCredentials" | "manifest">,
): boolean {
  return app.state === "installed" && app.pendingCredentials === 0 && hasNewWishes(app);
}
