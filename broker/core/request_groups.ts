/** Keeping a flood of requests from burying the person: summaries, and who may notify (design section 7). @module */
import type { AppId, RequestId } from "../schema/ids.ts";
import type { AccessRequest } from "../schema/request.ts";

/** So many distinct targets within the window make a summary. */
export const summaryTargets = 5;
/** The window, in milliseconds. */
export const summaryWindowMs = 60_000;
/** An app notifies at most once in this time, in milliseconds. */
export const notifyIntervalMs = 60_000;

/** What a summary is drawn from. */
export type GroupedRequest = Pick<
  AccessRequest,
  "id" | "appId" | "capability" | "target" | "createdAtMs"
>;

/** One card for all that an app asks. */
export interface RequestSummary {
  readonly appId: AppId;
  /** Every pending request of the app, oldest first. */
  readonly requestIds: readonly RequestId[];
}

/** A summary for each app that has asked for five distinct targets within a minute, in the order of their first requests. */
export function summariseRequests(pending: readonly GroupedRequest[]): RequestSummary[] {
  const byApp = new Map<AppId, GroupedRequest[]>();
  for (const request of pending.toSorted(byAge)) {
    const group = byApp.get(request.appId);
    if (group) group.push(request);
    else byApp.set(request.appId, [request]);
  }
  return [...byApp].filter(([, requests]) => isFlood(requests)).map(([appId, requests]) => ({
    appId,
    requestIds: requests.map(({ id }) => id),
  }));
}

function byAge(a: GroupedRequest, b: GroupedRequest): number {
  return a.createdAtMs - b.createdAtMs || (a.id < b.id ? -1 : 1);
}

/** Whether any window of a minute holds enough distinct targets; `requests` are in order of time. */
function isFlood(requests: readonly GroupedRequest[]): boolean {
  return requests.some((first, from) => {
    const targets = new Set<string>();
    for (const { target, createdAtMs } of requests.slice(from)) {
      if (createdAtMs - first.createdAtMs >= summaryWindowMs) break;
      targets.add(target);
    }
    return targets.size >= summaryTargets;
  });
}

/**
 * Whether a request may draw the person's attention away from what they do: they have just acted in the app, and the app
 * has not notified them in the last minute.
 *
 * @param others When the app's other requests notified; null for those that did not.
 */
export function mayNotify(
  { userActivation, nowMs }: { userActivation: boolean; nowMs: number },
  others: Iterable<number | null>,
): boolean {
  if (!userActivation) return false;
  for (const notifiedAtMs of others) {
    if (notifiedAtMs !== null && nowMs - notifiedAtMs < notifyIntervalMs) return false;
  }
  return true;
}
