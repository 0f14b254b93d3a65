/** Silencing an app: its questions are answered "no" without being shown; what it was granted keeps working. @module */
import type { App, Silence } from "../schema/app.ts";
import type { AppId } from "../schema/ids.ts";
import { ActionError } from "./action_error.ts";
import { changeApp } from "./change_app.ts";
import { historyDraft } from "./history_draft.ts";
import type { Broker } from "./ports.ts";

/**
 * Silences an app until a time (`untilMs: null`: until turned back on), or ends its silence (null). Its pending requests
 * end as silenced by the review that follows every change.
 *
 * @throws ActionError `not-found`, `duration-not-allowed` for a time that is past.
 */
export function silenceApp(
  broker: Broker,
  appId: AppId,
  silence: { untilMs: number | null } | null,
): Promise<App> {
  const nowMs = broker.clock.nowMs();
  if (silence?.untilMs != null && silence.untilMs <= nowMs) {
    const detail = "Choose a time that is still to come.";
    throw new ActionError("duration-not-allowed", detail, {
      errors: [{ pointer: "/untilMs", detail }],
    });
  }
  return changeApp(broker, appId, (app) => {
    if (silence === null && app.silence === null) return null;
    const next: Silence | null = silence && { sinceMs: nowMs, untilMs: silence.untilMs };
    const message = next === null
      ? `${app.claims.name} may ask again.`
      : `Silenced ${app.claims.name}. What it is allowed keeps working.`;
    return {
      app: { ...app, silence: next },
      history: historyDraft(broker, next ? "app-silenced" : "app-unsilenced", "person", {
        app,
        message,
      }),
    };
  });
}
