/** Which notifications a browser shows: for what may call the person, one for each app a minute, and never with an answer on it. @module */
import type { RequestView } from "../broker/schema/dashboard.ts";
import type { AppId, RequestId } from "../broker/schema/ids.ts";
import { fillText, phraseText } from "./phrase.ts";
import { plural } from "./plural.ts";
import { appName, requestSentence } from "./sentence.ts";
import { text } from "./text.ts";

/** The least time between two notifications for one app, in milliseconds. */
export const perAppMs = 60_000;
/** Of more apps than this at once one notification tells. */
const maxAppsAtOnce = 3;

/** A notification to show. */
export interface Notice {
  /** A later one with the same tag takes the place of this one. */
  readonly tag: string;
  readonly title: string;
  readonly body: string;
  /** Where a click leads. */
  readonly path: string;
}

/** What a browser remembers of notifications. Times are in milliseconds since 1970. */
export interface NoticeMemory {
  /** Requests that were told of, or that stood there when the page was opened. */
  readonly known: ReadonlySet<RequestId>;
  /** When each app was last told of. */
  readonly toldAtMs: Readonly<Record<string, number>>;
}

/**
 * What to show now, and what to remember. Requests that the broker holds back from the foreground (`notifiedAtMs` null) call
 * nobody; those that come within an app's minute are not told of later either: they are in the list.
 */
export function noticesFor(
  requests: readonly RequestView[],
  memory: NoticeMemory,
  nowMs: number,
): { readonly notices: Notice[]; readonly memory: NoticeMemory } {
  const fresh = new Map<AppId, RequestView>();
  for (const request of requests) {
    const { id, appId, notifiedAtMs } = request;
    if (memory.known.has(id) || notifiedAtMs === null || fresh.has(appId)) continue;
    const toldAtMs = memory.toldAtMs[appId];
    if (toldAtMs === undefined || nowMs - toldAtMs >= perAppMs) fresh.set(appId, request);
  }
  const told = Object.fromEntries([...fresh.keys()].map((appId) => [appId, nowMs]));
  const recent = Object.entries(memory.toldAtMs).filter(([, atMs]) => nowMs - atMs < perAppMs);
  return {
    notices: fresh.size > maxAppsAtOnce
      ? [digestOf(fresh.size)]
      : [...fresh.values()].map(noticeOf),
    memory: {
      known: new Set(requests.map(({ id }) => id)),
      toldAtMs: { ...Object.fromEntries(recent), ...told },
    },
  };
}

function noticeOf(request: RequestView): Notice {
  return {
    tag: request.appId,
    title: fillText(text.notices.title, { app: appName(request.app) }),
    body: phraseText(requestSentence(request, request.app.claims.name)),
    path: `/requests/${request.id}`,
  };
}

function digestOf(apps: number): Notice {
  return {
    tag: "digest",
    title: plural(apps, text.notices.digest),
    body: text.tagline,
    path: "/",
  };
}
