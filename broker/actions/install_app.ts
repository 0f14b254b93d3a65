/** Installing an app: the person lets it ask. Nothing is granted by it. @module */
import { type App, type Credential, maxActiveCredentials } from "../schema/app.ts";
import type { AppId } from "../schema/ids.ts";
import { changeApp } from "./change_app.ts";
import { historyDraft } from "./history_draft.ts";
import type { Broker } from "./ports.ts";
import { wishesSeenAtInstallation } from "./see_wishes.ts";

/**
 * Installs an app, or, when it is installed already, accepts the browser profiles that wait for it.
 *
 * @throws ActionError `not-found`.
 */
export function installApp(broker: Broker, appId: AppId): Promise<App> {
  return changeApp(broker, appId, (app) => {
    const waiting = app.credentials.filter((credential) => credential.state === "pending").length;
    if (app.state === "installed" && waiting === 0) return null;
    const installed: App = {
      ...app,
      state: "installed",
      installedAtMs: app.installedAtMs ?? broker.clock.nowMs(),
      credentials: acceptedCredentials(app),
    };
    const message = app.state === "installed"
      ? `Accepted ${app.claims.name} in ${
        waiting === 1 ? "another browser" : `${waiting} other browsers`
      }.`
      : `Installed ${app.claims.name}. It may ask now; nothing is allowed yet.`;
    return {
      app: installed,
      puts: app.state === "installed" ? [] : wishesSeenAtInstallation(broker, appId),
      history: historyDraft(broker, "app-installed", "person", { app, message }),
    };
  });
}

/** The credentials of an app once all that wait are accepted; the oldest beyond their bound give way. */
export function acceptedCredentials({ credentials }: App): Credential[] {
  return credentials.map((credential): Credential => ({ ...credential, state: "active" }))
    .slice(-maxActiveCredentials);
}
