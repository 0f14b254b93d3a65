/** Waiting for the person: a long poll, again and again, until a request has ended. @module */
import type { OwnRequest } from "../schema/app_api.ts";
import type { BrokerApi } from "./broker_api.ts";

/** How long one long poll for an answer may take, in milliseconds. */
const waitTimeoutMs = 25_000;

/**
 * Resolves once the request has ended, however it did.
 *
 * @throws The reason of `signal` when that aborts; the request is then withdrawn.
 */
export async function awaitAnswer(
  api: BrokerApi,
  request: OwnRequest,
  signal?: AbortSignal,
): Promise<void> {
  const path = `/requests/${request.id}`;
  try {
    let current = request;
    while (current.state === "pending") {
      current = await api.call<OwnRequest>("GET", `${path}/wait?timeoutMs=${waitTimeoutMs}`, {
        signal,
      });
    }
  } catch (fault) {
    // The question may have ended meanwhile, and the broker may be gone: then there is nothing to withdraw.
    if (signal?.aborted) await api.call("DELETE", path).catch(() => {});
    throw fault;
  }
}
