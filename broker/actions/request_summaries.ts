/** The summaries of what waits now. @module */
import { summariseRequests } from "../core/request_groups.ts";
import type { RequestSummary } from "../schema/dashboard.ts";
import { pendingRequests } from "./pending_requests.ts";
import type { Broker } from "./ports.ts";

/** One summary for each app that asks for many targets at once. */
export function requestSummaries(broker: Pick<Broker, "store">): RequestSummary[] {
  return summariseRequests(pendingRequests(broker)).map(({ appId, requestIds }) => ({
    appId,
    requestIds: [...requestIds],
  }));
}
