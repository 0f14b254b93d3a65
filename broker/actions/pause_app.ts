/** Pausing an app: it reaches nothing until it is resumed, and keeps what it was granted. @module */
import type { App } from "../schema/app.ts";
import type { AppId } from "../schema/ids.ts";
import { changeApp } from "./change_app.ts";
import { historyDraft } from "./history_draft.ts";
import type { Broker } from "./ports.ts";

/**
 * Pauses or resumes an app. The review that follows every change closes what a paused app has open.
 *
 * @throws ActionError `not-found`.
 */
export function pauseApp(broker: Broker, appId: AppId, paused: boolean): Promise<App> {
  return changeApp(broker, appId, (app) => {
    if ((app.pausedAtMs !== null) === paused) return null;
    const message = paused
      ? `Paused ${app.claims.name}: it reaches nothing until you resume it.`
      : `Resumed ${app.claims.name}.`;
    return {
      app: { ...app, pausedAtMs: paused ? broker.clock.nowMs() : null },
      history: historyDraft(broker, paused ? "app-paused" : "app-resumed", "person", {
        app,
        message,
      }),
    };
  });
}
