/** Network facts over REST: asks the person where nobody has answered, and refuses as a fetch does. @module */
import { ActionError } from "../actions/action_error.ts";
import { type Broker, ConnectError } from "../actions/ports.ts";
import { readNetworkFacts } from "../actions/read_network_facts.ts";
import type { App } from "../schema/app.ts";
import type { NetworkQuery } from "../schema/app_api.ts";
import { FrameAncestry } from "../schema/frame.ts";
import type { NetworkFacts } from "../schema/network.ts";
import { toActionError } from "./session_problem.ts";

/**
 * The facts, for an app.
 *
 * @param gone Aborts when the caller is gone, or the broker stops.
 * @throws ActionError `fetch-refused`, `queue-full`, `not-installed`, `invalid-query`.
 */
export async function networkFactsFor(
  broker: Broker,
  app: App,
  { reason, userActivation, ancestors }: NetworkQuery,
  gone: AbortSignal,
): Promise<NetworkFacts> {
  const frame = readAncestors(ancestors);
  try {
    const ask = { reason: reason ?? null, userActivation, frame };
    return await readNetworkFacts(broker, app.id, ask, gone);
  } catch (fault) {
    throw fault instanceof ConnectError ? toActionError(fault.error) : fault;
  }
}

function readAncestors(text: string | undefined): FrameAncestry | undefined {
  if (text === undefined) return undefined;
  const read = FrameAncestry.safeParse({ ancestors: text.split(" ") });
  if (read.success) return read.data;
  const detail = "Write 1 to 64 origins, with one space between them.";
  throw new ActionError("invalid-query", `/ancestors: ${detail}`, {
    errors: [{ pointer: "/ancestors", detail }],
  });
}
