/** Refusing further browser profiles of an app that stays installed. @module */
import type { App } from "../schema/app.ts";
import type { AppId } from "../schema/ids.ts";
import { changeApp } from "./change_app.ts";
import { historyDraft } from "./history_draft.ts";
import type { Broker } from "./ports.ts";

/**
 * Throws away the credentials that wait to be accepted; those in use stay.
 *
 * @throws ActionError `not-found`.
 */
export function refuseCredentials(broker: Broker, appId: AppId): Promise<App> {
  return changeApp(broker, appId, (app) => {
    const active = app.credentials.filter((credential) => credential.state === "active");
    if (active.length === app.credentials.length) return null;
    return {
      app: { ...app, credentials: active },
      history: historyDraft(broker, "app-refused", "person", {
        app,
        message: `Refused ${app.claims.name} in another browser.`,
      }),
    };
  });
}
