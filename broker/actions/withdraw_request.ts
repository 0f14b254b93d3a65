/** Withdrawing: the app no longer wants an answer. @module */
import type { RequestId } from "../schema/ids.ts";
import type { AccessRequest } from "../schema/request.ts";
import { withdrawal } from "./end_request.ts";
import { findPendingRequest } from "./find_pending_request.ts";
import type { Broker } from "./ports.ts";
import { transact } from "./transact.ts";

/**
 * Ends a pending request as withdrawn.
 *
 * @throws ActionError `not-found`, `request-ended`.
 */
export function withdrawRequest(broker: Broker, id: RequestId): Promise<AccessRequest> {
  return transact(broker, () => {
    const { request, batch } = withdrawal(broker, findPendingRequest(broker, id));
    return { batch, result: request };
  });
}
