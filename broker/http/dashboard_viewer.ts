/** One open page of the dashboard: what it shows, and what of a change it is to be told. @module */
import { appAccessList } from "../actions/app_access_list.ts";
import { appView } from "../actions/app_view.ts";
import { blockedHosts } from "../actions/blocked_hosts.ts";
import { dashboardSnapshot, shownSiteAccess, showsApp } from "../actions/dashboard_snapshot.ts";
import type { SessionCounts } from "../actions/grant_view.ts";
import type { Broker } from "../actions/ports.ts";
import { trafficByApp } from "../actions/traffic_meter.ts";
import type { AppView, DashboardChange, DashboardSnapshot } from "../schema/dashboard.ts";
import type { AppId } from "../schema/ids.ts";
import type { DashboardView } from "../schema/list_query.ts";
import type { StaleViews } from "./dashboard_dirt.ts";
import type { EventSink } from "./event_stream.ts";
import { ShownGrants } from "./shown_grants.ts";
import { ShownHistory } from "./shown_history.ts";
import { ShownSessions } from "./shown_sessions.ts";

/** What of a change only one page is told. */
interface Shown {
  change(stale: StaleViews, counts: SessionCounts): Partial<DashboardChange>;
}

/** A page, from the moment on at which it was read. */
export class DashboardViewer {
  readonly #broker: Broker;
  readonly #view: DashboardView;
  #shown: readonly Shown[] = [];

  /** @param sink Where the page's events go. */
  constructor(broker: Broker, readonly sink: EventSink, view: DashboardView) {
    this.#broker = broker;
    this.#view = view;
  }

  /** Reads the page, or reads it anew. */
  async read(): Promise<DashboardSnapshot> {
    const snapshot = await dashboardSnapshot(this.#broker, this.#view);
    this.#shown = [ShownGrants, ShownSessions, ShownHistory]
      .map((Rows) => new Rows(this.#broker, snapshot));
    return snapshot;
  }

  /** What of a change is this page's own. */
  change(stale: StaleViews, counts: SessionCounts): Partial<DashboardChange> {
    const change: Partial<DashboardChange> = this.#apps(stale.apps);
    for (const rows of this.#shown) Object.assign(change, rows.change(stale, counts));
    if (this.#view.page === "connections" && stale.traffic) {
      change.traffic = trafficByApp(this.#broker);
    }
    if (this.#view.page === "permissions" && stale.grants.size + stale.apps.size > 0) {
      change.access = appAccessList(this.#broker);
    }
    if (this.#view.page === "permissions" && stale.blockedHosts) {
      change.blockedHosts = blockedHosts(this.#broker);
    }
    if (this.#view.page === "app" && (stale.apps.has(this.#view.appId))) {
      const siteAccess = shownSiteAccess(this.#broker, this.#view);
      if (siteAccess) change.siteAccess = siteAccess;
    }
    return change;
  }

  #apps(stale: ReadonlySet<AppId>): Partial<DashboardChange> {
    const apps: AppView[] = [];
    const removedApps: AppId[] = [];
    for (const id of stale) {
      const app = this.#broker.store.get("app", id)?.record;
      if (app && showsApp(this.#broker, this.#view, app)) apps.push(appView(this.#broker, app));
      else removedApps.push(id);
    }
    return { ...(apps.length > 0 && { apps }), ...(removedApps.length > 0 && { removedApps }) };
  }
}
