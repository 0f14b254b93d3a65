/** Network facts over REST: asks the person where nobody has answered, and refuses as a fetch does. @module */
import { type Broker, ConnectError } from "../actions/ports.ts";
import { readNetworkFacts } from "../actions/read_network_facts.ts";
import type { App } from "../schema/app.ts";
import type { NetworkQuery } from "../schema/app_api.ts";
import type { NetworkFacts } from "../schema/network.ts";
import { toActionError } from "./session_problem.ts";

/**
 * The facts, for an app.
 *
 * @param gone Aborts when the caller is gone, or the broker stops.
 * @throws ActionError `fetch-refused`, `queue-full`, `not-installed`.
 */
export async function networkFactsFor(
  broker: Broker,
  app: App,
  { reason, userActivation }: NetworkQuery,
  gone: AbortSignal,
): Promise<NetworkFacts> {
  try {
    const ask = { reason: reason ?? null, userActivation };
    return await readNetworkFacts(broker, app.id, ask, gone);
  } catch (fault) {
    throw fault instanceof ConnectError ? toActionError(fault.error) : fault;
  }
}
