/** The dashboard's stream: what has changed, coalesced to at most four events a second, and kept for who comes back. @module */
import { appView } from "../actions/app_view.ts";
import { currentSettings } from "../actions/current_settings.ts";
import { dashboardSnapshot } from "../actions/dashboard_snapshot.ts";
import { countSessions, grantView } from "../actions/grant_view.ts";
import type { Broker } from "../actions/ports.ts";
import { requestSummaries } from "../actions/request_summaries.ts";
import { requestView } from "../actions/request_view.ts";
import { sessionView } from "../actions/session_view.ts";
import type { DashboardChange } from "../schema/dashboard.ts";
import type { Mode } from "../schema/settings.ts";
import { DashboardDirt } from "./dashboard_dirt.ts";
import type { EventSink, ServerSentEvent } from "./event_stream.ts";

/** The least time between two `change` events. */
export const changeIntervalMs = 250;
/** How often the bytes of open sessions are sent while they move. */
export const trafficIntervalMs = 1000;
/** How many `change` events are kept for readers that come back. */
export const maxKeptChanges = 256;
/** How many records those may hold in all: a change may be one record, or thousands. */
export const maxKeptRecords = 10_000;

type ChangeEvent = Required<ServerSentEvent> & { readonly seq: number; readonly records: number };

/**
 * Feeds every open dashboard from one place, so that a view is made once however many are open. Changes are whole
 * records, so applying one twice does no harm.
 */
export class DashboardFeed {
  readonly #broker: Broker;
  readonly #sinks = new Set<EventSink>();
  readonly #kept: ChangeEvent[] = [];
  #keptRecords = 0;
  /** Those to whom a snapshot is on its way. */
  readonly #awaiting = new Set<EventSink>();
  readonly #dirt: DashboardDirt;
  readonly #stops: (() => void)[];
  #seq = 0;
  #mode: Mode;
  #lastChangeMs = -Infinity;
  #stopChangeTimer: (() => void) | null = null;
  #stopTrafficTimer: (() => void) | null = null;

  constructor(broker: Broker) {
    this.#broker = broker;
    this.#mode = currentSettings(broker).mode;
    this.#dirt = new DashboardDirt(broker);
    this.#stops = [
      broker.store.subscribe((change) => this.#mark(() => this.#dirt.onStoreChange(change))),
      broker.sessions.subscribe((change) => this.#mark(() => this.#dirt.onSessionChange(change))),
      broker.contexts.subscribe(({ appId }) => this.#mark(() => this.#dirt.onContextChange(appId))),
      // A new policy alters every card and what is managed; that is no change of records.
      broker.policy.subscribe(() => this.#startOver()),
    ];
  }

  /**
   * Feeds one dashboard: from `lastEventId` on when the events since are still kept, else from a whole snapshot.
   *
   * @returns Ends it.
   */
  open(sink: EventSink, lastEventId: string | null): () => void {
    const missed = this.#missedSince(lastEventId);
    if (missed) {
      for (const event of missed) sink.send(event);
      this.#admit(sink);
    } else {
      this.#sendSnapshot(sink);
    }
    return () => {
      this.#awaiting.delete(sink);
      this.#sinks.delete(sink);
      if (this.#sinks.size === 0) this.#stopTraffic();
    };
  }

  /** Stops feeding; open streams are closed. */
  stop(): void {
    for (const stop of this.#stops) stop();
    this.#stopChangeTimer?.();
    this.#stopTraffic();
    for (const sink of [...this.#sinks, ...this.#awaiting]) sink.close();
  }

  #sendSnapshot(sink: EventSink): void {
    this.#awaiting.add(sink);
    this.#makeSnapshot(sink).catch((fault) => {
      this.#broker.log.error("dashboard-snapshot-failed", fault);
      sink.close();
    });
  }

  async #makeSnapshot(sink: EventSink): Promise<void> {
    const before = this.#seq;
    const snapshot = await dashboardSnapshot(this.#broker);
    // The reader may have gone meanwhile.
    if (!this.#awaiting.delete(sink)) return;
    sink.send({ name: "snapshot", data: snapshot, id: this.#idOf(before) });
    // What was sent to others while this snapshot was being made may or may not be in it.
    for (const event of this.#kept) if (event.seq > before) sink.send(event);
    this.#admit(sink);
  }

  #admit(sink: EventSink): void {
    this.#sinks.add(sink);
    this.#watchTraffic();
  }

  #mark(mark: () => void): void {
    mark();
    if (this.#stopChangeTimer || this.#dirt.isClean) return;
    const sinceMs = this.#broker.clock.nowMs() - this.#lastChangeMs;
    this.#stopChangeTimer = this.#broker.clock.setTimer(
      Math.max(0, changeIntervalMs - sinceMs),
      () => this.#sendChange(),
    );
  }

  #sendChange(): void {
    this.#stopChangeTimer = null;
    this.#lastChangeMs = this.#broker.clock.nowMs();
    const data = this.#takeChange();
    const seq = ++this.#seq;
    const event = { name: "change", data, id: this.#idOf(seq), seq, records: recordsIn(data) };
    this.#keep(event);
    for (const sink of [...this.#sinks]) sink.send(event);
    this.#watchTraffic();
  }

  #keep(event: ChangeEvent): void {
    this.#kept.push(event);
    this.#keptRecords += event.records;
    while (this.#kept.length > maxKeptChanges || this.#keptRecords > maxKeptRecords) {
      this.#keptRecords -= this.#kept.shift()?.records ?? 0;
    }
  }

  #takeChange(): DashboardChange {
    const broker = this.#broker;
    const { apps, requests, grants, sessions, history } = this.#dirt.take();
    const change: DashboardChange = { nowMs: broker.clock.nowMs() };
    const counts = countSessions(broker);
    const [shownApps, removedApps] = split(apps, (id) => {
      const app = broker.store.get("app", id)?.record;
      return app && appView(broker, app);
    });
    if (shownApps.length > 0) change.apps = shownApps;
    if (removedApps.length > 0) change.removedApps = removedApps;
    const [shownRequests, removedRequests] = split(requests, (id) => {
      const request = broker.store.get("request", id)?.record;
      const pending = request && request.outcome === null && broker.store.get("app", request.appId);
      return pending ? requestView(broker, request) : undefined;
    });
    if (shownRequests.length > 0) change.requests = shownRequests;
    if (removedRequests.length > 0) change.removedRequests = removedRequests;
    if (requests.size > 0) change.summaries = requestSummaries(broker);
    const [shownGrants, removedGrants] = split(grants, (id) => {
      const grant = broker.store.get("grant", id)?.record;
      return grant && grantView(broker, grant, counts);
    });
    if (shownGrants.length > 0) change.grants = shownGrants;
    if (removedGrants.length > 0) change.removedGrants = removedGrants;
    const [shownSessions, removedSessions] = split(sessions, (id) => {
      const live = broker.sessions.get(id);
      return live && sessionView(broker, live.session, counts);
    });
    if (shownSessions.length > 0) change.sessions = shownSessions;
    if (removedSessions.length > 0) change.removedSessions = removedSessions;
    if (history.length > 0) change.history = history;
    const { mode } = currentSettings(broker);
    if (mode !== this.#mode) change.mode = this.#mode = mode;
    return change;
  }

  /** The events after this id, or null when they are no longer, or not from this run, or never were. */
  #missedSince(lastEventId: string | null): ChangeEvent[] | null {
    const [bootId, text] = lastEventId?.split(".") ?? [];
    if (bootId !== this.#broker.bootId || !/^\d{1,15}$/.test(text ?? "")) return null;
    const seq = Number(text);
    const missed = this.#kept.filter((event) => event.seq > seq);
    return seq + missed.length === this.#seq ? missed : null;
  }

  #idOf(seq: number): string {
    return `${this.#broker.bootId}.${seq}`;
  }

  #startOver(): void {
    this.#kept.length = 0;
    this.#keptRecords = 0;
    this.#seq++;
    for (const sink of [...this.#sinks]) this.#sendSnapshot(sink);
  }

  /** Bytes move without any event; while somebody looks and a session is open, they are read once a second. */
  #watchTraffic(): void {
    if (this.#stopTrafficTimer || this.#sinks.size === 0 || this.#broker.sessions.size === 0) {
      return;
    }
    this.#stopTrafficTimer = this.#broker.clock.setTimer(trafficIntervalMs, () => {
      this.#stopTrafficTimer = null;
      this.#mark(() => this.#dirt.onTraffic());
      this.#watchTraffic();
    });
  }

  #stopTraffic(): void {
    this.#stopTrafficTimer?.();
    this.#stopTrafficTimer = null;
  }
}

function recordsIn(change: DashboardChange): number {
  return Object.values(change).reduce<number>(
    (sum, part) => sum + (Array.isArray(part) ? part.length : 0),
    0,
  );
}

/** Views of what is there, and the ids of what is gone. */
function split<Id, View>(
  ids: Iterable<Id>,
  viewOf: (id: Id) => View | undefined,
): [View[], Id[]] {
  const views: View[] = [];
  const gone: Id[] = [];
  for (const id of ids) {
    const view = viewOf(id);
    if (view === undefined) gone.push(id);
    else views.push(view);
  }
  return [views, gone];
}
