/** The grants that one page of the dashboard shows, and what of a change it is to be told of them. @module */
import { listedOfApp } from "../actions/dashboard_snapshot.ts";
import { grantView, type SessionCounts } from "../actions/grant_view.ts";
import { listedGrant, listedGrants } from "../actions/listed.ts";
import type { Broker } from "../actions/ports.ts";
import { countGrants, matchesGrant } from "../core/grant_list.ts";
import { wordsOf } from "../core/history_match.ts";
import type { DashboardChange, DashboardSnapshot, GrantView } from "../schema/dashboard.ts";
import type { Grant } from "../schema/grant.ts";
import type { GrantId } from "../schema/ids.ts";
import type { DashboardView } from "../schema/list_query.ts";
import type { StaleViews } from "./dashboard_dirt.ts";

/** Rows that a page once had stay its own: one that comes back is shown again. */
export class ShownGrants {
  readonly #broker: Broker;
  readonly #view: DashboardView;
  readonly #shown: Set<GrantId>;
  /** Those that came since, would stand on the page, and wait until they are asked for. */
  readonly #arrived = new Set<GrantId>();
  readonly #next: string | null;
  readonly #sinceMs: number;

  /** @param snapshot What the page has been given. */
  constructor(broker: Broker, { view, grants, list, nowMs }: DashboardSnapshot) {
    this.#broker = broker;
    this.#view = view;
    this.#shown = new Set(grants.map(({ id }) => id));
    this.#next = list?.next ?? null;
    this.#sinceMs = nowMs;
  }

  /** What of these grants is the page's own. */
  change({ grants: stale }: StaleViews, counts: SessionCounts): Partial<DashboardChange> {
    const { page } = this.#view;
    if (stale.size === 0 || (page !== "permissions" && page !== "app")) return {};
    const grants: GrantView[] = [];
    const removedGrants: GrantId[] = [];
    for (const id of stale) {
      const grant = this.#broker.store.get("grant", id)?.record;
      if (grant) this.#take(grant, counts);
      else this.#arrived.delete(id);
      if (!this.#shown.has(id)) continue;
      if (grant) grants.push(grantView(this.#broker, grant, counts));
      else removedGrants.push(id);
    }
    return {
      ...(grants.length > 0 && { grants }),
      ...(removedGrants.length > 0 && { removedGrants }),
      ...this.#facts(counts),
    };
  }

  /** A grant that is new here: in the place of another it is the page's own as that was. On an app's page it is shown at once, in the list of all it waits. */
  #take(grant: Grant, counts: SessionCounts): void {
    const view = this.#view;
    if (this.#shown.has(grant.id)) return;
    if (grant.replaces && this.#shown.has(grant.replaces)) {
      this.#shown.add(grant.id);
      return;
    }
    if (view.page === "app") {
      if (grant.appId === view.appId && this.#shown.size < listedOfApp) this.#shown.add(grant.id);
      return;
    }
    if (view.page !== "permissions" || grant.createdAtMs < this.#sinceMs) return;
    const { query } = view;
    const row = listedGrant(this.#broker, grant, counts);
    if (matchesGrant(row, query, wordsOf(query.q ?? ""), this.#broker.clock.nowMs())) {
      this.#arrived.add(grant.id);
    }
  }

  #facts(counts: SessionCounts): Pick<DashboardChange, "list"> {
    const view = this.#view;
    if (view.page !== "permissions") return {};
    const rows = listedGrants(this.#broker, counts);
    const figures = countGrants(rows, view.query, this.#broker.clock.nowMs());
    return { list: { ...figures, arrived: this.#arrived.size, next: this.#next } };
  }
}
