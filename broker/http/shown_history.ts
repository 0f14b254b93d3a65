/** The history that one page of the dashboard shows, and what of a change it is to be told of it. @module */
import { emptyList } from "../actions/dashboard_snapshot.ts";
import { historyRow } from "../actions/history_row.ts";
import { historyMatch } from "../actions/listed.ts";
import type { Broker } from "../actions/ports.ts";
import { historyFacts, matchesHistory } from "../core/history_match.ts";
import type { DashboardChange, DashboardSnapshot, HistoryRow } from "../schema/dashboard.ts";
import type { GrantId } from "../schema/ids.ts";
import type { DashboardView } from "../schema/list_query.ts";
import type { StaleViews } from "./dashboard_dirt.ts";

/** So many rows with an Undo are kept up to date. */
const maxUndos = 500;

/** Beside other things, the history grows at its top; on its own page, what comes is counted and waits. */
export class ShownHistory {
  readonly #broker: Broker;
  readonly #view: DashboardView;
  /** The rows that can be undone, or could be, by the grant that this brings back. */
  readonly #undos = new Map<GrantId, HistoryRow>();
  readonly #next: string | null;
  #arrived = 0;

  /** @param snapshot What the page has been given. */
  constructor(broker: Broker, { view, history, list }: DashboardSnapshot) {
    this.#broker = broker;
    this.#view = view;
    this.#next = list?.next ?? null;
    // Of several ends of one grant the newest is to be undone: it stands first.
    for (const row of history.toReversed()) this.#note(row);
  }

  /** What of the history is the page's own. */
  change({ grants, history }: StaleViews): Partial<DashboardChange> {
    const rows = this.#grows
      ? history.filter(({ appId }) => this.#view.page !== "app" || appId === this.#view.appId)
        .map((entry) => historyRow(this.#broker, entry))
      : [];
    for (const row of rows.toReversed()) this.#note(row);
    const touched = [...this.#undos].filter(([id]) => grants.has(id)).map(([id, row]) => ({
      ...row,
      restores: this.#broker.store.get("grant", id) ? null : id,
    }));
    const seqs = new Set(rows.map(({ seq }) => seq));
    const all = [...rows, ...touched.filter(({ seq }) => !seqs.has(seq))];
    return { ...(all.length > 0 && { history: all }), ...this.#facts({ history }) };
  }

  get #grows(): boolean {
    return this.#view.page === "requests" || this.#view.page === "app";
  }

  #note(row: HistoryRow): void {
    if (row.restores === null) return;
    this.#undos.delete(row.restores);
    this.#undos.set(row.restores, row);
    const [oldest] = this.#undos.keys();
    if (this.#undos.size > maxUndos && oldest) this.#undos.delete(oldest);
  }

  #facts({ history }: Pick<StaleViews, "history">): Pick<DashboardChange, "list"> {
    const view = this.#view;
    if (view.page !== "history" || view.query.beforeSeq !== undefined) return {};
    const match = historyMatch(view.query, this.#broker.clock.nowMs());
    const more = history.filter((entry) => matchesHistory(historyFacts(entry), match)).length;
    if (more === 0) return {};
    this.#arrived += more;
    return { list: { ...emptyList, arrived: this.#arrived, next: this.#next } };
  }
}
