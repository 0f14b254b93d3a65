/** Watching for tabs that nobody tells of any more: their app has closed, or their browser ended without a word. @module */
import { dropStale, noTabs } from "../core/host_access_requests.ts";
import type { AppId } from "../schema/ids.ts";
import type { Broker } from "./ports.ts";
import { tabKeptMs } from "./report_tab.ts";
import { closingGraceMs } from "./watch_app_closing.ts";

const sweepEveryMs = 60 * 60 * 1000;

/**
 * Forgets such tabs until the returned function is called. An extension's worker sleeps while its tabs are open, so only
 * pages and programs take their tabs with them when their last context is gone.
 */
export function watchTabs(broker: Broker): () => void {
  const timers = new Map<AppId, () => void>();
  const disarm = (appId: AppId) => {
    timers.get(appId)?.();
    timers.delete(appId);
  };
  const ignoreContexts = broker.contexts.subscribe(({ appId }) => {
    disarm(appId);
    if (broker.contexts.count(appId) > 0) return;
    if (broker.store.get("app", appId)?.record.kind === "extension") return;
    timers.set(
      appId,
      broker.clock.setTimer(closingGraceMs, () => {
        timers.delete(appId);
        for (const { holder } of [...broker.hostAccess.list()]) {
          if (holder.appId === appId) broker.hostAccess.set(holder, noTabs);
        }
      }),
    );
  });
  let stopSweep = () => {};
  const sweep = () => {
    const beforeMs = broker.clock.nowMs() - tabKeptMs;
    for (const { holder, state } of [...broker.hostAccess.list()]) {
      broker.hostAccess.set(holder, dropStale(state, beforeMs));
    }
    stopSweep = broker.clock.setTimer(sweepEveryMs, sweep);
  };
  sweep();
  return () => {
    ignoreContexts();
    stopSweep();
    for (const appId of [...timers.keys()]) disarm(appId);
  };
}
