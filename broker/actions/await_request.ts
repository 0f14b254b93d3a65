/** Waiting for a request to end. @module */
import type { RequestId } from "../schema/ids.ts";
import type { AccessRequest } from "../schema/request.ts";
import { ActionError } from "./action_error.ts";
import type { Broker } from "./ports.ts";

/**
 * Resolves once the request has ended, or when `signal` aborts, with the request as it then stands.
 *
 * @throws ActionError `not-found` when there is no such request.
 */
export function awaitRequest(
  broker: Broker,
  id: RequestId,
  signal: AbortSignal,
): Promise<AccessRequest> {
  return new Promise((resolve, reject) => {
    const settle = (final: boolean) => {
      const request = broker.store.get("request", id)?.record;
      if (request && !final && request.outcome === null) return;
      unsubscribe();
      signal.removeEventListener("abort", aborted);
      if (request) resolve(request);
      else reject(new ActionError("not-found", "There is no such request."));
    };
    const aborted = () => settle(true);
    const unsubscribe = broker.store.subscribe(() => settle(false));
    signal.addEventListener("abort", aborted, { once: true });
    settle(signal.aborted);
  });
}
