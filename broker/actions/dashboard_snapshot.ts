/** What a page of the dashboard shows live, whole. @module */
import { listGrants } from "../core/grant_list.ts";
import { newWishes } from "../core/manifest_changes.ts";
import { listSessions } from "../core/session_list.ts";
import type { DashboardCounts, DashboardSnapshot, ListFacts } from "../schema/dashboard.ts";
import type { HistoryEntry } from "../schema/history.ts";
import type { App } from "../schema/app.ts";
import type { AppId } from "../schema/ids.ts";
import type { DashboardView } from "../schema/list_query.ts";
import type { SiteAccessView } from "../schema/site_access.ts";
import { appAccessList } from "./app_access_list.ts";
import { appView } from "./app_view.ts";
import { blockedHosts } from "./blocked_hosts.ts";
import { settingsView } from "./change_settings.ts";
import { countSessions, grantView, type SessionCounts } from "./grant_view.ts";
import { historyPage } from "./history_page.ts";
import { historyRow } from "./history_row.ts";
import { hostAccessViews } from "./host_access_view.ts";
import { listedGrants, listedSessions } from "./listed.ts";
import { pendingRequests } from "./pending_requests.ts";
import type { Broker } from "./ports.ts";
import { requestSummaries } from "./request_summaries.ts";
import { requestView } from "./request_view.ts";
import { sessionView } from "./session_view.ts";
import { siteAccessView } from "./site_access_view.ts";
import { trafficByApp } from "./traffic_meter.ts";

/** How many entries of the history stand below the requests, and on an app's page. */
const entriesBeside = { requests: 10, app: 20 } as const;
/** How many grants and sessions an app's page lists; the rest is in the lists of all. */
export const listedOfApp = 100;

/** The page's snapshot of this moment; the changes after it come by the dashboard's event stream. */
export async function dashboardSnapshot(
  broker: Broker,
  view: DashboardView = { page: "requests" },
): Promise<DashboardSnapshot> {
  const { entries, more } = await readEntries(broker, view);
  // No await from here on, so that all the rest is of one moment.
  const policy = broker.policy.current();
  const settings = settingsView(broker);
  const counts = countSessions(broker);
  const pending = pendingRequests(broker).filter((request) =>
    broker.store.get("app", request.appId)
  );
  return {
    bootId: broker.bootId,
    nowMs: broker.clock.nowMs(),
    machineName: broker.machine.name,
    mode: settings.mode,
    managedBy: policy.managedBy,
    longestDurationMs: policy.durations.longestMs,
    cardDuration: settings.cardDuration.value,
    view,
    counts: dashboardCounts(broker),
    apps: [...broker.store.list("app")].filter((app) => showsApp(broker, view, app))
      .map((app) => appView(broker, app)),
    requests: pending.map((request) => requestView(broker, request)),
    summaries: requestSummaries(broker),
    hostAccess: hostAccessViews(broker),
    grants: [],
    sessions: [],
    siteAccess: shownSiteAccess(broker, view),
    access: view.page === "permissions" ? appAccessList(broker) : [],
    blockedHosts: view.page === "permissions" ? blockedHosts(broker) : [],
    liveCounts: liveCounts(broker, view),
    history: entries.map((entry) => historyRow(broker, entry)),
    list: more,
    traffic: view.page === "connections" ? trafficByApp(broker) : null,
    unreadable: [...broker.store.damage],
    ...lists(broker, view, counts),
  };
}

/** Where the app of a page may act; null on a page that is of no app. */
export function shownSiteAccess(broker: Broker, view: DashboardView): SiteAccessView | null {
  const app = view.page === "app" ? broker.store.get("app", view.appId)?.record : undefined;
  return app ? siteAccessView(broker, app) : null;
}

/** How much there is of everything. */
export function dashboardCounts({ store, sessions }: Broker): DashboardCounts {
  let grants = 0;
  let allowed = 0;
  for (const { effect } of store.list("grant")) {
    grants++;
    if (effect === "allow") allowed++;
  }
  return { apps: [...store.list("app")].length, grants, allowed, live: sessions.size };
}

/**
 * Whether a page shows an app: every page shows those that wait to be installed, or for another browser of theirs, or that
 * newly declare wishes.
 */
export function showsApp(
  { store }: Pick<Broker, "store">,
  view: DashboardView,
  app: App,
): boolean {
  if (view.page === "apps" || (view.page === "app" && view.appId === app.id)) return true;
  return app.state === "pending-installation" ||
    app.credentials.some(({ state }) => state === "pending") || hasNewWishes(store, app);
}

function hasNewWishes(store: Broker["store"], app: App): boolean {
  const manifest = store.get("manifest", app.id)?.record;
  return manifest !== undefined && newWishes(app, manifest).length > 0;
}

/** How many sessions are open of each app that a page shows. */
export function liveCounts({ sessions }: Broker, view: DashboardView): Record<AppId, number> {
  const counts: Record<AppId, number> = {};
  if (view.page !== "apps" && view.page !== "app") return counts;
  for (const { session: { appId } } of sessions.list()) {
    if (view.page === "apps" || view.appId === appId) counts[appId] = (counts[appId] ?? 0) + 1;
  }
  return counts;
}

/** What is known of a list that has nothing in it. */
export const emptyList: ListFacts = {
  total: 0,
  matching: 0,
  arrived: 0,
  next: null,
  unused: 0,
  narrower: 0,
};

function lists(
  broker: Broker,
  view: DashboardView,
  counts: SessionCounts,
): Partial<Pick<DashboardSnapshot, "grants" | "sessions" | "list">> {
  switch (view.page) {
    case "app": {
      const query = { app: view.appId, sort: "newest", limit: listedOfApp } as const;
      const { rows } = listGrants(listedGrants(broker, counts), query, broker.clock.nowMs());
      const live = listSessions(listedSessions(broker), { ...query, sort: "oldest" });
      return {
        grants: rows.map(({ grant }) => grantView(broker, grant, counts)),
        sessions: live.rows.map(({ session }) => sessionView(broker, session, counts)),
      };
    }
    case "permissions": {
      const found = listGrants(listedGrants(broker, counts), view.query, broker.clock.nowMs());
      const { rows, next, total, matching, unused, narrower } = found;
      return {
        grants: rows.map(({ grant }) => grantView(broker, grant, counts)),
        list: { total, matching, arrived: 0, next, unused, narrower },
      };
    }
    case "connections": {
      const { rows, next, total, matching } = listSessions(listedSessions(broker), view.query);
      return {
        sessions: rows.map(({ session }) => sessionView(broker, session, counts)),
        list: { ...emptyList, total, matching, next },
      };
    }
    default:
      return {};
  }
}

/** The entries that a page shows, and for the history what is known of it. How many match in all is not counted. */
async function readEntries(
  broker: Broker,
  view: DashboardView,
): Promise<{ entries: HistoryEntry[]; more: ListFacts | null }> {
  const { store } = broker;
  switch (view.page) {
    case "requests":
      return { entries: await store.history({ limit: entriesBeside.requests }), more: null };
    case "app": {
      const filter = { appId: view.appId, limit: entriesBeside.app };
      return { entries: await store.history(filter), more: null };
    }
    case "history": {
      const { entries, next } = await historyPage(broker, view.query);
      return { entries, more: { ...emptyList, next: next === null ? null : String(next) } };
    }
    default:
      return { entries: [], more: null };
  }
}
