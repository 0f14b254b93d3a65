/** One change of one app's record, with its line in the history. @module */
import type { App } from "../schema/app.ts";
import type { HistoryDraft } from "../schema/history.ts";
import type { AppId } from "../schema/ids.ts";
import { ActionError } from "./action_error.ts";
import type { Broker, Put } from "./ports.ts";
import { transact } from "./transact.ts";

/**
 * Writes what `change` makes of the app, and the other records that change with it; null means that it is so already, and writes nothing.
 *
 * @throws ActionError `not-found` when there is no such app.
 */
export function changeApp(
  broker: Broker,
  appId: AppId,
  change: (app: App) => { app: App; history: HistoryDraft; puts?: readonly Put[] } | null,
): Promise<App> {
  return transact(broker, () => {
    const stored = broker.store.get("app", appId);
    if (!stored) {
      throw new ActionError("not-found", "There is no such app; it may have been uninstalled.");
    }
    const changed = change(stored.record);
    if (!changed) return { batch: null, result: stored.record };
    return {
      batch: {
        checks: [{ noun: "app", id: appId, version: stored.version }],
        puts: [{ noun: "app", id: appId, record: changed.app }, ...changed.puts ?? []],
        history: [changed.history],
      },
      result: changed.app,
    };
  });
}
