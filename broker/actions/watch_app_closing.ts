/** Watching for apps that close: their last context has been gone for 30 seconds. @module */
import type { AppId } from "../schema/ids.ts";
import { endGrantsOfClosedApp, endsWithApp } from "./end_grants.ts";
import type { Broker } from "./ports.ts";

/** How long an app may be without a context before it counts as closed (design section 7). */
export const closingGraceMs = 30_000;

/** Ends the grants of apps that have closed, until the returned function is called. */
export function watchAppClosing(broker: Broker): () => void {
  const timers = new Map<AppId, () => void>();
  const disarm = (appId: AppId) => {
    timers.get(appId)?.();
    timers.delete(appId);
  };
  const arm = (appId: AppId) => {
    disarm(appId);
    timers.set(
      appId,
      broker.clock.setTimer(closingGraceMs, () => {
        timers.delete(appId);
        endGrantsOfClosedApp(broker, appId).catch((fault) =>
          broker.log.error("closing-failed", fault)
        );
      }),
    );
  };
  const ignoreContexts = broker.contexts.subscribe(({ appId }) => {
    if (broker.contexts.count(appId) === 0) arm(appId);
    else disarm(appId);
  });
  // An app that asks over REST alone holds no context open, so its answers end by the same grace.
  const ignoreGrants = broker.store.subscribe(({ puts }) => {
    for (const { noun, record } of puts) {
      if (noun !== "grant" || !endsWithApp(record)) continue;
      if (broker.contexts.count(record.appId) === 0 && !timers.has(record.appId)) arm(record.appId);
    }
  });
  // After a restart every app has the same time to come back.
  for (const { id } of broker.store.list("app")) if (broker.contexts.count(id) === 0) arm(id);
  return () => {
    ignoreContexts();
    ignoreGrants();
    for (const appId of [...timers.keys()]) disarm(appId);
  };
}
