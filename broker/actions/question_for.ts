/** The question to `decide()`, filled in with what holds right now. @module */
import type { Question } from "../core/question.ts";
import type { Capability } from "../schema/capability.ts";
import type { AppId, SessionId } from "../schema/ids.ts";
import { currentSettings } from "./current_settings.ts";
import { underEmbargo } from "./find_embargo.ts";
import type { Broker } from "./ports.ts";

/** What a question is about. */
export interface Subject {
  appId: AppId;
  capability: Capability;
  target: string;
  addresses?: readonly string[] | null;
  /** Whether the connection is encrypted; plain when absent. */
  secureTransport?: boolean;
  sessionId?: SessionId | null;
  answersCors?: boolean;
  limit?: Question["limit"];
}

/** The question about a subject, with the records, the policy and the time of this moment. */
export function questionFor(broker: Broker, subject: Subject): Question {
  return {
    app: broker.store.get("app", subject.appId)?.record ?? null,
    capability: subject.capability,
    target: subject.target,
    addresses: subject.addresses ?? null,
    secureTransport: subject.secureTransport ?? false,
    sessionId: subject.sessionId ?? null,
    policy: broker.policy.current(),
    grants: broker.store.grantsOf(subject.appId),
    mode: currentSettings(broker).mode,
    answersCors: subject.answersCors ?? false,
    limit: subject.limit ?? null,
    // Read only when a decision comes to it: a review of thousands of sessions never does.
    get embargoed() {
      return underEmbargo(broker, subject);
    },
    ownAddresses: broker.machine.ownAddresses(),
    brokerPorts: broker.machine.brokerPorts,
    nowMs: broker.clock.nowMs(),
  };
}
