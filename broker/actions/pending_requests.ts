/** The requests that wait for an answer. @module */
import type { AppId } from "../schema/ids.ts";
import type { AccessRequest } from "../schema/request.ts";
import type { Broker } from "./ports.ts";

/** Every pending request, or those of one app, oldest first. */
export function pendingRequests(broker: Pick<Broker, "store">, appId?: AppId): AccessRequest[] {
  const pending: AccessRequest[] = [];
  for (const request of broker.store.list("request")) {
    if (request.outcome === null && (appId === undefined || request.appId === appId)) {
      pending.push(request);
    }
  }
  return pending.sort((a, b) => a.createdAtMs - b.createdAtMs || (a.id < b.id ? -1 : 1));
}
