/** Later: the person puts a request off. It stays pending, and access stays shut. @module */
import type { RequestId } from "../schema/ids.ts";
import type { AccessRequest } from "../schema/request.ts";
import { putOff } from "./count_put_off.ts";
import { findPendingRequest } from "./find_pending_request.ts";
import type { Broker } from "./ports.ts";
import { transact } from "./transact.ts";

/**
 * Notes that the person chose Later; the card moves to the end. The third Later to the same question is an embargo: the
 * review that follows every change then ends the request as silenced.
 *
 * @throws ActionError `not-found`, `request-ended`.
 */
export function postponeRequest(broker: Broker, id: RequestId): Promise<AccessRequest> {
  return transact(broker, () => {
    const { record, version } = findPendingRequest(broker, id);
    const request: AccessRequest = { ...record, postponedAtMs: broker.clock.nowMs() };
    const counted = putOff(broker, record, "dismissal");
    return {
      batch: {
        checks: [{ noun: "request", id, version }, ...counted.checks],
        puts: [{ noun: "request", id, record: request }, ...counted.puts],
        history: counted.history,
      },
      result: request,
    };
  });
}
