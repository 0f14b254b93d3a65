/** The dashboard's stream: what has changed of what a page shows, a few events a second, and kept for who comes back. @module */
import { settingsView } from "../actions/change_settings.ts";
import { dashboardCounts } from "../actions/dashboard_snapshot.ts";
import { countSessions, type SessionCounts } from "../actions/grant_view.ts";
import { hostAccessViews } from "../actions/host_access_view.ts";
import type { Broker } from "../actions/ports.ts";
import { requestSummaries } from "../actions/request_summaries.ts";
import { requestView } from "../actions/request_view.ts";
import type { DashboardChange, RequestView } from "../schema/dashboard.ts";
import type { RequestId } from "../schema/ids.ts";
import type { DashboardView } from "../schema/list_query.ts";
import { allStale, DashboardDirt, sizeOf, type StaleViews } from "./dashboard_dirt.ts";
import { DashboardViewer } from "./dashboard_viewer.ts";
import type { EventSink } from "./event_stream.ts";

/** The least time between two `change` events that nobody waits for: three a second. */
export const changeIntervalMs = 334;
/** No more `change` events than this come within a second: one of them is kept free for what somebody waits for. */
export const maxChangesPerSecond = 4;
/** How often the bytes of open sessions are sent while they move. */
export const trafficIntervalMs = 1000;
/** How many changes are kept for readers that come back. */
export const maxKeptChanges = 256;
/** How many records those may name in all: a change may be of one record, or of thousands. */
export const maxKeptRecords = 10_000;

/** A change that is kept: what it made stale, so that it can be told to any page, as things are by then. */
interface KeptChange {
  readonly seq: number;
  readonly stale: StaleViews;
}

/**
 * Feeds every open dashboard from one place. What all pages show is made once however many are open; of the lists, each
 * page is told what it shows. Changes are whole records, so applying one twice does no harm.
 */
export class DashboardFeed {
  readonly #broker: Broker;
  readonly #viewers = new Set<DashboardViewer>();
  /** Those whose page is being read. */
  readonly #awaiting = new Set<DashboardViewer>();
  readonly #kept: KeptChange[] = [];
  #keptRecords = 0;
  readonly #dirt: DashboardDirt;
  readonly #stops: (() => void)[];
  #seq = 0;
  /** When the last changes were sent, the newest last. */
  #sentMs: readonly number[] = [];
  #changeTimer: { readonly dueMs: number; readonly stop: () => void } | null = null;
  #stopTrafficTimer: (() => void) | null = null;

  constructor(broker: Broker) {
    this.#broker = broker;
    this.#dirt = new DashboardDirt(broker);
    this.#stops = [
      broker.store.subscribe((change) => this.#mark(() => this.#dirt.onStoreChange(change))),
      broker.sessions.subscribe((change) => this.#mark(() => this.#dirt.onSessionChange(change))),
      broker.hostAccess.subscribe(() => this.#mark(() => this.#dirt.onHostAccess())),
      broker.contexts.subscribe(({ appId }) => this.#mark(() => this.#dirt.onContextChange(appId))),
      // A new policy alters every card and what is managed; that is no change of records.
      broker.policy.subscribe(() => this.#startOver()),
    ];
  }

  /**
   * Feeds one page: from `lastEventId` on when what changed since is still known, else from a whole snapshot.
   *
   * @returns Ends it.
   */
  open(
    sink: EventSink,
    lastEventId: string | null,
    view: DashboardView = { page: "requests" },
  ): () => void {
    const viewer = new DashboardViewer(this.#broker, sink, view);
    this.#read(viewer, this.#seqOf(lastEventId));
    return () => {
      this.#awaiting.delete(viewer);
      this.#viewers.delete(viewer);
      if (this.#viewers.size === 0) this.#stopTraffic();
    };
  }

  /** Stops feeding; open streams are closed. */
  stop(): void {
    for (const stop of this.#stops) stop();
    this.#changeTimer?.stop();
    this.#stopTraffic();
    for (const { sink } of [...this.#viewers, ...this.#awaiting]) sink.close();
  }

  #read(viewer: DashboardViewer, sinceSeq: number | null): void {
    this.#awaiting.add(viewer);
    this.#sendFirst(viewer, sinceSeq).catch((fault) => {
      this.#broker.log.error("dashboard-snapshot-failed", fault);
      viewer.sink.close();
    });
  }

  /** A snapshot, or what changed since an event; then whatever may or may not be in what was read. */
  async #sendFirst(viewer: DashboardViewer, sinceSeq: number | null): Promise<void> {
    const before = this.#seq;
    const snapshot = await viewer.read();
    // The reader may have gone meanwhile.
    if (!this.#awaiting.delete(viewer)) return;
    const missed = this.#kept.filter(({ seq }) => seq > (sinceSeq ?? before));
    // Which rows a list had when it was read is not known any more once others may have taken their place.
    const resumes = sinceSeq !== null && this.#knowsSince(sinceSeq) &&
      (missed.length === 0 || snapshot.list === null);
    if (!resumes) viewer.sink.send({ name: "snapshot", data: snapshot, id: this.#idOf(before) });
    const unsure = resumes ? missed : missed.filter(({ seq }) => seq > before);
    if (unsure.length > 0) {
      const stale = allStale(unsure.map(({ stale }) => stale));
      this.#send(viewer, stale, countSessions(this.#broker));
    }
    this.#viewers.add(viewer);
    this.#watchTraffic();
  }

  #mark(mark: () => void): void {
    mark();
    if (this.#dirt.isClean) return;
    const nowMs = this.#broker.clock.nowMs();
    const dueMs = Math.max(nowMs, this.#dueMs(this.#dirt.isUrgent));
    if (this.#changeTimer && this.#changeTimer.dueMs <= dueMs) return;
    this.#changeTimer?.stop();
    const stop = this.#broker.clock.setTimer(dueMs - nowMs, () => this.#sendChange());
    this.#changeTimer = { dueMs, stop };
  }

  /** The earliest time for the next change. */
  #dueMs(urgent: boolean): number {
    const last = this.#sentMs.at(-1) ?? -Infinity;
    if (!urgent) return last + changeIntervalMs;
    return (this.#sentMs.at(-maxChangesPerSecond) ?? -Infinity) + 1000;
  }

  #sendChange(): void {
    this.#changeTimer = null;
    this.#sentMs = [...this.#sentMs, this.#broker.clock.nowMs()].slice(-maxChangesPerSecond);
    const stale = this.#dirt.take();
    this.#keep({ seq: ++this.#seq, stale });
    const counts = countSessions(this.#broker);
    const shared = this.#shared(stale);
    for (const viewer of [...this.#viewers]) this.#send(viewer, stale, counts, shared);
    this.#watchTraffic();
  }

  #send(
    viewer: DashboardViewer,
    stale: StaleViews,
    counts: SessionCounts,
    shared: DashboardChange = this.#shared(stale),
  ): void {
    const data = { ...shared, ...viewer.change(stale, counts) };
    viewer.sink.send({ name: "change", data, id: this.#idOf(this.#seq) });
  }

  #keep(change: KeptChange): void {
    this.#kept.push(change);
    this.#keptRecords += sizeOf(change.stale);
    while (this.#kept.length > maxKeptChanges || this.#keptRecords > maxKeptRecords) {
      const oldest = this.#kept.shift();
      this.#keptRecords -= oldest ? sizeOf(oldest.stale) : 0;
    }
  }

  /** What every page shows of a change. */
  #shared(stale: StaleViews): DashboardChange {
    const { apps, requests, grants, opened, closed, settings } = stale;
    const broker = this.#broker;
    const change: DashboardChange = { nowMs: broker.clock.nowMs() };
    const [shown, gone] = this.#requests(requests);
    if (shown.length > 0) change.requests = shown;
    if (gone.length > 0) change.removedRequests = gone;
    if (requests.size > 0) change.summaries = requestSummaries(broker);
    if (stale.hostAccess) change.hostAccess = hostAccessViews(broker);
    if (apps.size + grants.size + opened.size + closed.size > 0) {
      change.counts = dashboardCounts(broker);
    }
    if (settings) {
      const { mode, cardDuration } = settingsView(broker);
      Object.assign(change, { mode, cardDuration: cardDuration.value });
    }
    return change;
  }

  #requests(ids: ReadonlySet<RequestId>): [shown: RequestView[], gone: RequestId[]] {
    const { store } = this.#broker;
    const shown: RequestView[] = [];
    const gone: RequestId[] = [];
    for (const id of ids) {
      const request = store.get("request", id)?.record;
      const pending = request && request.outcome === null && store.get("app", request.appId);
      if (pending) shown.push(requestView(this.#broker, request));
      else gone.push(id);
    }
    return [shown, gone];
  }

  /** The number in an event's id; null when it is not from this run. */
  #seqOf(eventId: string | null): number | null {
    const [bootId, text] = eventId?.split(".") ?? [];
    if (bootId !== this.#broker.bootId || !/^\d{1,15}$/.test(text ?? "")) return null;
    return Number(text);
  }

  /** Whether everything after this event is still known. */
  #knowsSince(seq: number): boolean {
    return seq <= this.#seq &&
      seq + this.#kept.filter((kept) => kept.seq > seq).length === this.#seq;
  }

  #idOf(seq: number): string {
    return `${this.#broker.bootId}.${seq}`;
  }

  #startOver(): void {
    this.#kept.length = 0;
    this.#keptRecords = 0;
    this.#seq++;
    for (const viewer of [...this.#viewers]) this.#read(viewer, null);
  }

  /** Bytes move without any event; while somebody looks and a session is open, they are read once a second. */
  #watchTraffic(): void {
    if (this.#stopTrafficTimer || this.#viewers.size === 0 || this.#broker.sessions.size === 0) {
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
