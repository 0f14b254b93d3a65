/** The review of what waits: a pending request ends as soon as something else has answered it. @module */
import { decide } from "../core/decide.ts";
import type { AppId } from "../schema/ids.ts";
import type { Decision } from "../schema/decision.ts";
import { type Ending, endRequest } from "./end_request.ts";
import { pendingRequests } from "./pending_requests.ts";
import type { Broker } from "./ports.ts";
import { questionFor } from "./question_for.ts";
import { transact } from "./transact.ts";

/** Decides every pending request again, or those of one app, and ends the ones that need no answer any more. */
export async function reviewRequests(broker: Broker, appId?: AppId): Promise<void> {
  for (const { id } of pendingRequests(broker, appId)) {
    await transact<void>(broker, () => {
      const stored = broker.store.get("request", id);
      if (!stored || stored.record.outcome !== null) return { batch: null, result: undefined };
      const { appId, capability, target, secureTransport, serverName, unaddressed } = stored.record;
      const subject = { appId, capability, target, secureTransport, serverName };
      const decision = decide(questionFor(broker, subject));
      // That every host is allowed does not say which of them is meant.
      const ending = unaddressed && decision.effect === "allow" ? null : endingOf(decision);
      return { batch: ending && endRequest(broker, stored, ending).batch, result: undefined };
    });
  }
}

function endingOf({ effect, reason, message }: Decision): Ending | null {
  if (effect === "ask") return null;
  if (effect === "allow") {
    return {
      outcome: "allowed",
      message,
      actor: reason === "policy-allow" ? "organisation" : "person",
    };
  }
  switch (reason) {
    case "silenced":
    case "embargo":
    case "quiet":
      return { outcome: "silenced", message, actor: "person" };
    case "host-blocked":
      return { outcome: "denied", message, actor: "person" };
    case "policy-deny":
    case "asking-forbidden":
      return { outcome: "blocked-by-policy", message, actor: "organisation" };
    default:
      return { outcome: "denied", message, actor: "broker" };
  }
}
