/** Which views of the dashboard a change makes stale: views show more than the record they are named after. @module */
import type { Broker, SessionChange, StoreChange } from "../actions/ports.ts";
import type { HistoryEntry } from "../schema/history.ts";
import type { AppId, GrantId, RequestId, SessionId } from "../schema/ids.ts";
import { GrantId as GrantIdSchema } from "../schema/ids.ts";
import type { Session } from "../schema/session.ts";

/** Ids of views that must be made again, or are gone; and new entries of the history, newest first. */
export interface StaleViews {
  readonly apps: ReadonlySet<AppId>;
  readonly requests: ReadonlySet<RequestId>;
  readonly grants: ReadonlySet<GrantId>;
  readonly sessions: ReadonlySet<SessionId>;
  /** Those of the sessions that have opened. */
  readonly opened: ReadonlySet<SessionId>;
  /** Those of the sessions that have closed, as they ended. */
  readonly closed: ReadonlyMap<SessionId, Session>;
  readonly history: readonly HistoryEntry[];
  readonly settings: boolean;
  /** Whether what apps ask about the pages in tabs may have changed. */
  readonly hostAccess: boolean;
  readonly blockedHosts: boolean;
  /** Whether bytes were counted. */
  readonly traffic: boolean;
}

/** What is stale by several changes, one after the other, together. */
export function allStale(changes: readonly StaleViews[]): StaleViews {
  const all = <Id>(of: (stale: StaleViews) => Iterable<Id>) =>
    new Set(changes.flatMap((one) => [...of(one)]));
  return {
    apps: all(({ apps }) => apps),
    requests: all(({ requests }) => requests),
    grants: all(({ grants }) => grants),
    sessions: all(({ sessions }) => sessions),
    opened: all(({ opened }) => opened),
    closed: new Map(changes.flatMap(({ closed }) => [...closed])),
    history: changes.toReversed().flatMap(({ history }) => history),
    settings: changes.some(({ settings }) => settings),
    hostAccess: changes.some(({ hostAccess }) => hostAccess),
    blockedHosts: changes.some(({ blockedHosts }) => blockedHosts),
    traffic: changes.some(({ traffic }) => traffic),
  };
}

/** How much a change holds, for who keeps it. */
export function sizeOf({ apps, requests, grants, sessions, history }: StaleViews): number {
  return apps.size + requests.size + grants.size + sessions.size + history.length;
}

/** Gathers what is stale until it is taken. */
export class DashboardDirt {
  readonly #broker: Pick<Broker, "store" | "sessions">;
  readonly #sentBytes = new Map<SessionId, number>();
  #apps = new Set<AppId>();
  #requests = new Set<RequestId>();
  #grants = new Set<GrantId>();
  #sessions = new Set<SessionId>();
  #opened = new Set<SessionId>();
  #closed = new Map<SessionId, Session>();
  #history: HistoryEntry[] = [];
  #settings = false;
  #hostAccess = false;
  #blockedHosts = false;
  #traffic = false;
  #moved = false;

  constructor(broker: Pick<Broker, "store" | "sessions">) {
    this.#broker = broker;
  }

  /** Whether nothing is stale. */
  get isClean(): boolean {
    return !this.#settings && !this.#traffic && !this.#hostAccess && !this.#blockedHosts &&
      this.#history.length === 0 &&
      this.#apps.size === 0 && this.#requests.size === 0 && this.#grants.size === 0 &&
      this.#sessions.size === 0;
  }

  /** Whether somebody waits for what is stale to be seen: a request, or how requests are met. */
  get isUrgent(): boolean {
    return this.#settings || this.#hostAccess || this.#requests.size > 0;
  }

  /** Hands over what is stale, and begins anew. */
  take(): StaleViews {
    const taken = {
      apps: this.#apps,
      requests: this.#requests,
      grants: this.#grants,
      sessions: this.#sessions,
      opened: this.#opened,
      closed: this.#closed,
      history: this.#history,
      settings: this.#settings,
      hostAccess: this.#hostAccess,
      blockedHosts: this.#blockedHosts,
      traffic: this.#traffic,
    };
    this.#apps = new Set();
    this.#requests = new Set();
    this.#grants = new Set();
    this.#sessions = new Set();
    this.#opened = new Set();
    this.#closed = new Map();
    this.#history = [];
    this.#settings = false;
    this.#hostAccess = false;
    this.#blockedHosts = false;
    this.#traffic = false;
    return taken;
  }

  onStoreChange({ puts, removed, history }: StoreChange): void {
    for (const { noun, record } of [...puts, ...removed]) {
      if (noun === "app") this.#markApp(record.id);
      if (noun === "grantUse") this.#grants.add(record.id);
      if (noun === "manifest" || noun === "icon") this.#markShown(record.id);
      if (noun === "embargo") {
        this.#apps.add(record.appId);
        this.#markRequestsOf(record.appId);
      }
      if (noun === "request") this.#requests.add(record.id);
      if (noun === "grant") {
        this.#grants.add(record.id);
        // The app's card counts its grants, and so do the cards of its requests, which show the app.
        this.#apps.add(record.appId);
        this.#markRequestsOf(record.appId);
        this.#markSessionsUnder(record.id);
      }
      if (noun === "blockedHost") this.#blockedHosts = true;
      if (noun === "settings") this.#settings = true;
    }
    this.#history.unshift(...[...history].sort((a, b) => b.seq - a.seq));
  }

  onSessionChange({ kind, session }: SessionChange): void {
    this.#sessions.add(session.id);
    if (kind === "closed") {
      this.#sentBytes.delete(session.id);
      this.#closed.set(session.id, session);
    } else if (kind === "opened") this.#opened.add(session.id);
    // A grant's row counts the sessions that it allows.
    for (const id of grantIdsOf(session)) this.#grants.add(id);
  }

  /** Cards of host access requests are few, so all of them are made again. */
  onHostAccess(): void {
    this.#hostAccess = true;
  }

  /** Whether a request's app is waiting right now stands on its card. */
  onContextChange(appId: AppId): void {
    this.#markRequestsOf(appId);
  }

  /** Marks the open sessions whose bytes or datagrams have moved since they were last marked here. */
  onTraffic(): void {
    let moved = false;
    for (const { session } of this.#broker.sessions.list()) {
      const count = countOf(session);
      if (count !== (this.#sentBytes.get(session.id) ?? 0)) {
        this.#sessions.add(session.id);
        this.#markBudgetsOf(session);
        moved = true;
      }
      this.#sentBytes.set(session.id, count);
    }
    // Once more after the last byte: what flows then is nothing, and that is news.
    this.#traffic = moved || this.#moved;
    this.#moved = moved;
  }

  /** What is used of a budget stands on the grant's row. */
  #markBudgetsOf(session: Session): void {
    for (const id of grantIdsOf(session)) {
      if (this.#broker.store.get("grant", id)?.record.budget) this.#grants.add(id);
    }
  }

  #markApp(appId: AppId): void {
    this.#apps.add(appId);
    this.#markRequestsOf(appId);
    // Rows of grants and sessions show the app's name.
    for (const grant of this.#broker.store.grantsOf(appId).all) this.#grants.add(grant.id);
    for (const { session } of this.#broker.sessions.list()) {
      if (session.appId === appId) this.#sessions.add(session.id);
    }
  }

  /** Marks where an app itself is shown: its row and the cards of its requests. */
  #markShown(appId: AppId): void {
    this.#apps.add(appId);
    this.#markRequestsOf(appId);
  }

  #markRequestsOf(appId: AppId): void {
    for (const request of this.#broker.store.list("request")) {
      if (request.appId === appId && request.outcome === null) this.#requests.add(request.id);
    }
  }

  #markSessionsUnder(grantId: GrantId): void {
    for (const { session } of this.#broker.sessions.list()) {
      if (session.ruleIds.includes(grantId)) this.#sessions.add(session.id);
    }
  }
}

function grantIdsOf(session: Session): GrantId[] {
  return session.ruleIds.filter((id): id is GrantId => GrantIdSchema.safeParse(id).success);
}

/** Grows with whatever a session's row counts. */
function countOf({ bytesSent, bytesReceived, datagrams }: Session): number {
  if (!datagrams) return bytesSent + bytesReceived;
  const { sent, received, droppedSent, droppedReceived } = datagrams;
  return bytesSent + bytesReceived + sent + received + droppedSent + droppedReceived;
}
