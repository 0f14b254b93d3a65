/** The pending request with an id, or the refusal that says why there is none. @module */
import type { RequestId } from "../schema/ids.ts";
import { ActionError } from "./action_error.ts";
import type { Broker, Stored } from "./ports.ts";

/**
 * The stored request, still pending.
 *
 * @throws ActionError `not-found`, or `request-ended` when it has its outcome already.
 */
export function findPendingRequest(broker: Broker, id: RequestId): Stored<"request"> {
  const stored = broker.store.get("request", id);
  if (!stored) throw new ActionError("not-found", "There is no such request.");
  if (stored.record.outcome !== null) {
    throw new ActionError(
      "request-ended",
      `This request has ended already: ${stored.record.outcome}.`,
    );
  }
  return stored;
}
