/** One of those who wait for a request goes away; when nobody waits any more it is withdrawn. @module */
import type { ContextId, RequestId } from "../schema/ids.ts";
import { endRequest } from "./end_request.ts";
import type { Broker } from "./ports.ts";
import { transact } from "./transact.ts";

/** Takes a context off a pending request. Does nothing when the request has ended. */
export function leaveRequest(broker: Broker, id: RequestId, contextId: ContextId): Promise<void> {
  return transact<void>(broker, () => {
    const stored = broker.store.get("request", id);
    if (!stored || stored.record.outcome !== null) return { batch: null, result: undefined };
    const contextIds = stored.record.contextIds.filter((waiting) => waiting !== contextId);
    if (contextIds.length === 0) {
      const ending = {
        outcome: "withdrawn",
        message: "The app no longer asks.",
        actor: "app",
      } as const;
      return { batch: endRequest(broker, stored, ending).batch, result: undefined };
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
