/** How many requests may wait at a time (design section 7). @module */
import type { AccessRequest } from "../schema/request.ts";
import type { ReachedLimit } from "./question.ts";

/** How many requests of one app may wait. */
export const maxPendingPerApp = 50;
/** How many requests of all apps may wait. */
export const maxPendingInAll = 500;

/** How many ended requests of one app are kept, for whoever asked to learn how they ended. */
export const maxEndedPerApp = 100;

/**
 * Which of an app's ended requests give way to one more.
 *
 * @param ended All of them.
 */
export function surplusEnded(ended: readonly AccessRequest[]): AccessRequest[] {
  if (ended.length <= maxEndedPerApp) return [];
  const oldestFirst = ended.toSorted((a, b) => (a.endedAtMs ?? 0) - (b.endedAtMs ?? 0));
  return oldestFirst.slice(0, ended.length - maxEndedPerApp);
}

/** The limit that a further request of this app runs into, or null. */
export function pendingLimit(
  pending: readonly AccessRequest[],
  appId: string,
): ReachedLimit | null {
  const own = pending.filter((request) => request.appId === appId).length;
  if (own >= maxPendingPerApp) {
    return {
      message: `This app has ${maxPendingPerApp} requests waiting already.`,
      retryAfterMs: 60_000,
    };
  }
  if (pending.length >= maxPendingInAll) {
    return { message: "Too many requests are waiting already.", retryAfterMs: 60_000 };
  }
  return null;
}
