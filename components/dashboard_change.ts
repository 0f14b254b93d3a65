/** One change of the dashboard's stream, applied to what is shown: the same function on every page. @module */
import type {
  DashboardChange,
  DashboardSnapshot,
  GrantView,
  HistoryRow,
  SessionView,
} from "../broker/schema/dashboard.ts";
import { closedRowMs } from "./session_rows.ts";

/** How many history entries a page keeps while it is open; older ones are on the history page. */
const keptEntries = 500;

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
    cardDuration: change.cardDuration ?? snapshot.cardDuration,
    counts: change.counts ?? snapshot.counts,
    apps: merge(snapshot.apps, change.apps, change.removedApps),
    requests: merge(snapshot.requests, change.requests, change.removedRequests),
    summaries: change.summaries ?? snapshot.summaries,
    hostAccess: change.hostAccess ?? snapshot.hostAccess,
    siteAccess: change.siteAccess ?? snapshot.siteAccess,
    access: change.access ?? snapshot.access,
    blockedHosts: change.blockedHosts ?? snapshot.blockedHosts,
    grants: mergeGrants(snapshot.grants, change.grants, change.removedGrants),
    sessions: mergeSessions(snapshot.sessions, change),
    liveCounts: change.liveCounts ?? snapshot.liveCounts,
    history: mergeHistory(snapshot.history, change.history),
    list: change.list ?? snapshot.list,
    traffic: change.traffic ?? snapshot.traffic,
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

/** A grant in the place of another, and one that comes back to its own, stands where that stood. */
function mergeGrants(
  grants: GrantView[],
  put: readonly GrantView[] = [],
  removed: readonly string[] = [],
): GrantView[] {
  if (put.length === 0 || removed.length === 0) return merge(grants, put, removed);
  const gone = new Set(removed);
  const standing = new Set(grants.map(({ id }) => id));
  const taking = put.filter(({ id }) => !standing.has(id));
  const places = grants.map((grant) => {
    const isGone = gone.has(grant.id);
    const next = taking.find(({ id, replaces }) =>
      isGone && (replaces === grant.id || grant.replaces === id)
    );
    return next ?? grant;
  });
  return merge(places, put, removed);
}

/** Closed rows stay a while. A closed session no longer says what allowed it, once that was revoked: its row still does. */
function mergeSessions(
  sessions: SessionView[],
  { sessions: put = [], removedSessions: removed = [], nowMs }: DashboardChange,
): SessionView[] {
  const before = new Map(sessions.map((session) => [session.id, session]));
  const views = put.map((session) => {
    const grants = before.get(session.id)?.grants;
    return session.grants.length === 0 && grants ? { ...session, grants } : session;
  });
  const isOver = ({ closedAtMs }: SessionView) =>
    closedAtMs !== null && nowMs - closedAtMs >= closedRowMs;
  const over = sessions.filter(isOver).map(({ id }) => id);
  return merge(sessions, views, [...removed, ...over]);
}

/** Rows with a number that is there replace it; new ones stand before, the newest first. */
function mergeHistory(rows: HistoryRow[], put: readonly HistoryRow[] = []): HistoryRow[] {
  if (put.length === 0) return rows;
  const bySeq = new Map([...rows, ...put].map((row) => [row.seq, row]));
  return [...bySeq.values()].sort((a, b) => b.seq - a.seq).slice(0, keptEntries);
}
