/** The sessions that one page of the dashboard shows, and what of a change it is to be told of them. @module */
import { emptyList, listedOfApp, liveCounts } from "../actions/dashboard_snapshot.ts";
import type { SessionCounts } from "../actions/grant_view.ts";
import { listedSessions } from "../actions/listed.ts";
import type { Broker } from "../actions/ports.ts";
import { sessionView } from "../actions/session_view.ts";
import { wordsOf } from "../core/history_match.ts";
import { matchesSession } from "../core/session_list.ts";
import type { DashboardChange, DashboardSnapshot, SessionView } from "../schema/dashboard.ts";
import type { SessionId } from "../schema/ids.ts";
import type { DashboardView, SessionQuery } from "../schema/list_query.ts";
import type { Session } from "../schema/session.ts";
import type { StaleViews } from "./dashboard_dirt.ts";

/** So many rows are let in while a page is open; the rest is counted. */
const maxLetIn = 300;

/** A session that opens goes to the end of the page, where it moves nothing, while there is room; else it is counted. */
export class ShownSessions {
  readonly #broker: Broker;
  readonly #view: DashboardView;
  readonly #shown: Set<SessionId>;
  readonly #arrived = new Set<SessionId>();
  readonly #next: string | null;
  #letIn = 0;

  /** @param snapshot What the page has been given. */
  constructor(broker: Broker, { view, sessions, list }: DashboardSnapshot) {
    this.#broker = broker;
    this.#view = view;
    this.#shown = new Set(sessions.map(({ id }) => id));
    this.#next = list?.next ?? null;
  }

  /** What of these sessions is the page's own. */
  change(
    { sessions: stale, opened, closed }: StaleViews,
    counts: SessionCounts,
  ): Partial<DashboardChange> {
    const { page } = this.#view;
    const moved = opened.size > 0 || closed.size > 0;
    const live = moved && (page === "apps" || page === "app")
      ? { liveCounts: liveCounts(this.#broker, this.#view) }
      : {};
    if (page !== "connections" && page !== "app") return live;
    const sessions: SessionView[] = [];
    const removedSessions: SessionId[] = [];
    for (const id of stale) {
      const session = this.#broker.sessions.get(id)?.session;
      if (session && opened.has(id)) this.#take(session);
      if (!session) this.#arrived.delete(id);
      if (!this.#shown.has(id)) continue;
      const last = session ?? closed.get(id);
      if (last) sessions.push(sessionView(this.#broker, last, counts));
      else removedSessions.push(id);
    }
    return {
      ...live,
      ...(sessions.length > 0 && { sessions }),
      ...(removedSessions.length > 0 && { removedSessions }),
      ...(moved && this.#facts()),
    };
  }

  #take(session: Session): void {
    const view = this.#view;
    if (this.#shown.has(session.id)) return;
    if (view.page === "app") {
      if (session.appId === view.appId) this.#append(session.id, listedOfApp);
      return;
    }
    if (view.page !== "connections" || !this.#matches(session, view.query)) return;
    const { sort, limit, cursor } = view.query;
    if (sort === "oldest" && cursor === undefined && this.#next === null) {
      this.#append(session.id, limit);
    } else if (cursor === undefined) this.#arrived.add(session.id);
  }

  #append(id: SessionId, limit: number): void {
    const open = [...this.#shown].filter((shown) => this.#broker.sessions.get(shown)).length;
    if (open >= limit || this.#letIn >= maxLetIn) this.#arrived.add(id);
    else {
      this.#letIn++;
      this.#shown.add(id);
    }
  }

  #matches(session: Session, query: SessionQuery): boolean {
    const appName = this.#broker.store.get("app", session.appId)?.record.claims.name ?? "";
    return matchesSession({ session, appName }, query, wordsOf(query.q ?? ""));
  }

  #facts(): Pick<DashboardChange, "list"> {
    const view = this.#view;
    if (view.page !== "connections") return {};
    const words = wordsOf(view.query.q ?? "");
    const rows = listedSessions(this.#broker);
    const matching = rows.filter((row) => matchesSession(row, view.query, words)).length;
    const arrived = this.#arrived.size;
    return { list: { ...emptyList, total: rows.length, matching, arrived, next: this.#next } };
  }
}
