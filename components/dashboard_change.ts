/** One change of the dashboard's stream, applied to what is shown: the same function on every page. @module */
import type { DashboardChange, DashboardSnapshot } from "../broker/schema/dashboard.ts";

/** How many history entries a page keeps while it is open; older ones are on the history page. */
const keptEntries = 200;

/**
 * The snapshot after a change. Records put replace those with their id, in place, or stand at the end; records gone are
 * taken out. Parts that did not change stay the same objects.
 */
export function applyChange(
  snapshot: DashboardSnapshot,
  change: DashboardChange,
): DashboardSnapshot {
  return {
    ...snapshot,
    nowMs: change.nowMs,
    mode: change.mode ?? snapshot.mode,
    apps: merge(snapshot.apps, change.apps, change.removedApps),
    requests: merge(snapshot.requests, change.requests, change.removedRequests),
    summaries: change.summaries ?? snapshot.summaries,
    grants: merge(snapshot.grants, change.grants, change.removedGrants),
    sessions: merge(snapshot.sessions, change.sessions, change.removedSessions),
    history: prepend(snapshot.history, change.history),
  };
}

function merge<Item extends { readonly id: string }>(
  items: Item[],
  put: readonly Item[] = [],
  removed: readonly string[] = [],
): Item[] {
  if (put.length === 0 && removed.length === 0) return items;
  const byId = new Map(items.map((item) => [item.id, item]));
  for (const id of removed) byId.delete(id);
  for (const item of put) byId.set(item.id, item);
  return [...byId.values()];
}

function prepend(
  entries: DashboardSnapshot["history"],
  added: DashboardSnapshot["history"] = [],
): DashboardSnapshot["history"] {
  if (added.length === 0) return entries;
  const known = new Set(entries.map((entry) => entry.seq));
  return [...added.filter((entry) => !known.has(entry.seq)), ...entries].slice(0, keptEntries);
}
