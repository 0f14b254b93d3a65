/** Looking at manifests by itself: when an app names one, and once a day from then on. @module */
import type { App } from "../schema/app.ts";
import { checkManifest, manifestUrlOf } from "./check_manifest.ts";
import { type Broker, StoreUnavailableError } from "./ports.ts";

/** How soon another manifest of the same app is looked at: a page can name a new one at will. */
export const anotherUrlMs = 10 * 60 * 1000;
/** How many manifests are looked at at the same time. */
export const maxAtOnce = 4;

// A clock that was set back is noticed within an hour; a store that can't write is not asked in a spin.
const longestWaitMs = 60 * 60 * 1000;
const pauseAfterFaultMs = 60_000;

/** Looks at what is due, at every due time, until it is stopped; stopping ends the looks that are under way. */
export function watchManifests(broker: Broker): { stop(): Promise<void> } {
  const stopping = new AbortController();
  let running: Promise<void> | null = null;
  let cancel = () => {};
  let notBeforeMs = 0;
  const arm = () => {
    cancel();
    if (running || stopping.signal.aborted) return;
    const dueAtMs = Math.min(...dueTimes(broker).map(({ dueAtMs }) => dueAtMs));
    if (dueAtMs === Infinity) return;
    const waitMs = Math.max(dueAtMs, notBeforeMs) - broker.clock.nowMs();
    cancel = broker.clock.setTimer(Math.min(Math.max(waitMs, 0), longestWaitMs), look);
  };
  const look = () => {
    running = lookAtDue(broker, stopping.signal).catch((fault) => {
      if (stopping.signal.aborted) return;
      notBeforeMs = broker.clock.nowMs() + pauseAfterFaultMs;
      broker.log.error("manifest-check-failed", fault);
    }).finally(() => {
      running = null;
      arm();
    });
  };
  const unsubscribe = broker.store.subscribe(({ puts }) => {
    if (puts.some(({ noun }) => noun === "app")) arm();
  });
  arm();
  return {
    async stop() {
      stopping.abort();
      cancel();
      unsubscribe();
      await running;
    },
  };
}

/** When each app's manifest is to be looked at; apps without one are left out. */
function dueTimes(broker: Broker): { app: App; dueAtMs: number }[] {
  const due: { app: App; dueAtMs: number }[] = [];
  for (const app of broker.store.list("app")) {
    const url = manifestUrlOf(broker, app);
    if (url === null) continue;
    const known = broker.store.get("manifest", app.id)?.record;
    const dueAtMs = !known
      ? 0
      : known.manifestUrl === url
      ? known.nextCheckAtMs
      : Math.min(known.nextCheckAtMs, known.checkedAtMs + anotherUrlMs);
    due.push({ app, dueAtMs });
  }
  return due;
}

async function lookAtDue(broker: Broker, signal: AbortSignal): Promise<void> {
  const nowMs = broker.clock.nowMs();
  const due = dueTimes(broker).filter(({ dueAtMs }) => dueAtMs <= nowMs);
  const lookers = Array.from({ length: Math.min(maxAtOnce, due.length) }, async () => {
    for (let next = due.shift(); next && !signal.aborted; next = due.shift()) {
      await checkManifest(broker, next.app.id, signal).catch((fault) => {
        if (fault instanceof StoreUnavailableError) throw fault;
        if (!signal.aborted) broker.log.error("manifest-check-failed", fault);
      });
    }
  });
  await Promise.all(lookers);
}
