/** The question to `decide()`, filled in with what holds right now. @module */
import { isThirdPartyFrame } from "../core/frame_ancestry.ts";
import type { Question } from "../core/question.ts";
import type { Capability } from "../schema/capability.ts";
import type { FrameAncestry } from "../schema/frame.ts";
import type { AppId, SessionId } from "../schema/ids.ts";
import { budgetMeter } from "./budget_meter.ts";
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
  /** The name that the server has to prove, where that is not the target's own host. */
  serverName?: string | undefined;
  sessionId?: SessionId | null;
  /** What the session rests on already, when it asks for something further. */
  furtherTo?: readonly string[] | undefined;
  answersCors?: boolean;
  /** The pages around the one that asks; null when there are none, or when nobody asks just now. */
  frame?: FrameAncestry | null | undefined;
  limit?: Question["limit"];
  /** Leaves the hosts out of account that the person blocked: what the app was granted, not what it reaches. */
  ignoresBlocks?: boolean;
}

/** The question about a subject, with the records, the policy and the time of this moment. */
export function questionFor(broker: Broker, subject: Subject): Question {
  const app = broker.store.get("app", subject.appId)?.record ?? null;
  return {
    app,
    capability: subject.capability,
    target: subject.target,
    addresses: subject.addresses ?? null,
    secureTransport: subject.secureTransport ?? false,
    serverName: subject.serverName,
    sessionId: subject.sessionId ?? null,
    furtherTo: subject.furtherTo,
    policy: broker.policy.current(),
    grants: broker.store.grantsOf(subject.appId),
    mode: currentSettings(broker).mode,
    inThirdPartyFrame: subject.frame != null &&
      isThirdPartyFrame(app?.origin ?? null, subject.frame, broker.store.list("app")),
    answersCors: subject.answersCors ?? false,
    limit: subject.limit ?? null,
    ...(subject.ignoresBlocks !== true && {
      blockedHosts: { has: (host) => broker.store.get("blockedHost", host) !== undefined },
    }),
    budgetUses: budgetMeter(broker),
    // Read only when a decision comes to it: a review of thousands of sessions never does.
    get embargoed() {
      return underEmbargo(broker, subject);
    },
    ownAddresses: broker.machine.ownAddresses(),
    broadcastAddresses: broker.machine.broadcastAddresses(),
    brokerPorts: broker.machine.brokerPorts,
    nowMs: broker.clock.nowMs(),
  };
}
