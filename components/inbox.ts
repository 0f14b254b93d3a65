/** Which cards stand on the page, in which order: nothing that arrives moves what is being read (design section 14). @module */
import type { AppView, RequestView } from "../broker/schema/dashboard.ts";
import type { AppId, RequestId } from "../broker/schema/ids.ts";
import { pendingInstallations } from "./pending_installations.ts";

/** A request on the page. It stays where it is after it ended elsewhere, and says so, until it is cleared. */
export interface ShownRequest {
  /** What is shown: as the stream last had it. */
  readonly view: RequestView;
  readonly ended: boolean;
  /** Whether what an answer rests on has changed since it came on the page. */
  readonly changed: boolean;
}

/** What stands on the page, and how much waits behind it. */
export interface Inbox {
  readonly installations: readonly AppView[];
  readonly requests: readonly ShownRequest[];
  /** How many cards wait to be let in. */
  readonly arrivals: number;
  /** Keys of what was answered here: the stream may still bring it once or twice. */
  readonly done: ReadonlySet<string>;
}

/** Where cards come from: the snapshot. */
export interface InboxSources {
  readonly apps: readonly AppView[];
  readonly requests: readonly RequestView[];
}

/** What the person did to a card. */
export type CardEvent =
  | { readonly kind: "answered" | "postponed" | "cleared" | "reread"; readonly id: RequestId }
  | { readonly kind: "silenced"; readonly appId: AppId }
  | { readonly kind: "installation-answered"; readonly app: AppView };

/** The requests of one app that stand on the page. */
export interface RequestGroup {
  readonly appId: AppId;
  readonly requests: readonly ShownRequest[];
}

/** The inbox before anything was shown. */
export const emptyInbox: Inbox = {
  installations: [],
  requests: [],
  arrivals: 0,
  done: new Set(),
};

/** An installation card stands for this state of its app: when it changes, that is another card. */
export function installationKey(app: AppView): string {
  return `${app.id} ${app.state} ${app.pendingCredentials} ${app.manifest?.newWishCount ?? 0}`;
}

/** The order in which requests come on the page: put off last, asked by a click first, then the oldest. */
export function requestOrder(a: RequestView, b: RequestView): number {
  return Number(a.postponedAtMs !== null) - Number(b.postponedAtMs !== null) ||
    Number(b.userActivation) - Number(a.userActivation) ||
    (a.postponedAtMs ?? a.createdAtMs) - (b.postponedAtMs ?? b.createdAtMs) ||
    (a.id < b.id ? -1 : 1);
}

/**
 * The page after the stream brought something. What is shown keeps its place; arrivals wait to be let in, unless nothing
 * is shown that they could move.
 */
export function updateInbox(inbox: Inbox, sources: InboxSources): Inbox {
  const { apps, requests } = open(inbox, sources);
  const shownKeys = new Set(inbox.installations.map(installationKey));
  const installations = apps.filter((app) => shownKeys.has(installationKey(app)));
  const byId = new Map(requests.map((view) => [view.id, view]));
  const standing = inbox.requests.map((entry) => refreshed(entry, byId.get(entry.view.id)));
  if (installations.length === 0 && standing.length === 0) {
    return { ...inbox, installations: apps, requests: fresh(requests), arrivals: 0 };
  }
  const known = new Set(standing.map(({ view }) => view.id));
  const arrivals = apps.length - installations.length +
    requests.filter(({ id }) => !known.has(id)).length;
  return { ...inbox, installations, requests: standing, arrivals };
}

/** The page with the arrivals let in, at the end: what stood there keeps its order, what ended is gone. */
export function letIn(inbox: Inbox, sources: InboxSources): Inbox {
  const { apps, requests } = open(inbox, sources);
  const known = new Set<string>(inbox.requests.map(({ view }) => view.id));
  const arrived = fresh(requests.filter(({ id }) => !known.has(id)));
  const standing = inbox.requests.filter(({ ended }) => !ended);
  return { ...inbox, installations: apps, requests: [...standing, ...arrived], arrivals: 0 };
}

/** The page after the person did something to a card. */
export function applyCardEvent(inbox: Inbox, event: CardEvent): Inbox {
  switch (event.kind) {
    case "answered":
    case "cleared":
      return without(inbox, ({ id }) => id === event.id);
    case "silenced":
      return without(inbox, ({ appId }) => appId === event.appId);
    case "postponed": {
      const moved = inbox.requests.filter(({ view }) => view.id === event.id);
      const rest = inbox.requests.filter(({ view }) => view.id !== event.id);
      return { ...inbox, requests: [...rest, ...moved] };
    }
    case "reread": {
      const requests = inbox.requests.map((entry) =>
        entry.view.id === event.id ? { ...entry, changed: false } : entry
      );
      return { ...inbox, requests };
    }
    case "installation-answered": {
      const key = installationKey(event.app);
      const installations = inbox.installations.filter((app) => installationKey(app) !== key);
      return { ...inbox, installations, done: new Set([...inbox.done, key]) };
    }
  }
}

/** Requests of one app make a group, at the place of the app's first one. */
export function groupByApp(requests: readonly ShownRequest[]): RequestGroup[] {
  const groups = new Map<AppId, ShownRequest[]>();
  for (const entry of requests) {
    const group = groups.get(entry.view.appId);
    if (group === undefined) groups.set(entry.view.appId, [entry]);
    else group.push(entry);
  }
  return [...groups].map(([appId, grouped]) => ({ appId, requests: grouped }));
}

/** Ids of the headings of all cards, in reading order. */
export function headingIds({ installations, requests }: Inbox): string[] {
  return [
    ...installations.map(({ id }) => `install-${id}`),
    ...groupByApp(requests).flatMap((group) => group.requests.map(({ view }) => `ask-${view.id}`)),
  ];
}

/** The heading that focus goes to when a card left: the next one that stayed, else the one before; null when none did. */
export function headingAfter(before: Inbox, after: Inbox, event: CardEvent): string | null {
  const stays = new Set(headingIds(after));
  if (event.kind === "postponed") stays.delete(`ask-${event.id}`);
  const ids = headingIds(before);
  const first = ids.findIndex((id) => !stays.has(id));
  return ids.slice(first).find((id) => stays.has(id)) ?? ids.findLast((id) => stays.has(id)) ??
    (event.kind === "postponed" ? `ask-${event.id}` : null);
}

/** What waits for an answer and was not answered here. */
function open(inbox: Inbox, { apps, requests }: InboxSources) {
  return {
    apps: pendingInstallations(apps).filter((app) => !inbox.done.has(installationKey(app))),
    requests: requests.filter(({ id }) => !inbox.done.has(id)),
  };
}

function fresh(requests: readonly RequestView[]): ShownRequest[] {
  return [...requests].sort(requestOrder)
    .map((view) => ({ view, ended: false, changed: false }));
}

function refreshed(entry: ShownRequest, view: RequestView | undefined): ShownRequest {
  if (view === undefined) return entry.ended ? entry : { ...entry, ended: true };
  if (view === entry.view) return entry;
  const changed = entry.changed || view.reviewToken !== entry.view.reviewToken;
  return { view, ended: false, changed };
}

function without(inbox: Inbox, leaves: (view: RequestView) => boolean): Inbox {
  const gone = inbox.requests.filter(({ view }) => leaves(view)).map(({ view }) => view.id);
  return {
    ...inbox,
    requests: inbox.requests.filter(({ view }) => !leaves(view)),
    done: new Set([...inbox.done, ...gone]),
  };
}
