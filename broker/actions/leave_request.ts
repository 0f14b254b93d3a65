/** One of those who wait for a request goes away; when nobody waits any more it is withdrawn. @module */
import type { ContextId, RequestId } from "../schema/ids.ts";
import { withdrawal } from "./end_request.ts";
import type { Broker } from "./ports.ts";
import { transact } from "./transact.ts";

/** Takes a context off a pending request. Does nothing when the request has ended. */
export function leaveRequest(broker: Broker, id: RequestId, contextId: ContextId): Promise<void> {
  return transact<void>(broker, () => {
    const stored = broker.store.get("request", id);
    if (!stored || stored.record.outcome !== null) return { batch: null, result: undefined };
    const contextIds = stored.record.contextIds.filter((waiting) => waiting !== contextId);
    if (contextIds.length === stored.record.contextIds.length) {
      return { batch: null, result: undefined };
    }
    if (contextIds.length === 0) {
      return { batch: withdrawal(broker, stored).batch, result: undefined };
    }
    return {
      batch: {
        checks: [{ noun: "request", id, version: stored.version }],
        puts: [{ noun: "request", id, record: { ...stored.record, contextIds } }],
      },
      result: undefined,
    };
  });
}
