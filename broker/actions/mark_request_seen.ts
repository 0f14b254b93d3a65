/** Noting that a card was on the screen: only what was seen can have been ignored. @module */
import type { RequestId } from "../schema/ids.ts";
import type { AccessRequest } from "../schema/request.ts";
import { findPendingRequest } from "./find_pending_request.ts";
import type { Broker } from "./ports.ts";
import { transact } from "./transact.ts";

/**
 * Notes when the person first had a request before their eyes, as the dashboard says. Later calls change nothing.
 *
 * @throws ActionError `not-found`, `request-ended`.
 */
export function markRequestSeen(broker: Broker, id: RequestId): Promise<AccessRequest> {
  return transact(broker, () => {
    const { record, version } = findPendingRequest(broker, id);
    if (record.seenAtMs !== null) return { batch: null, result: record };
    const request: AccessRequest = { ...record, seenAtMs: broker.clock.nowMs() };
    return {
      batch: {
        checks: [{ noun: "request", id, version }],
        puts: [{ noun: "request", id, record: request }],
      },
      result: request,
    };
  });
}
