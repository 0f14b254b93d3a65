/** The explanation: a decision with everything that went into it (design section 4). @module */
import { z } from "zod";
import { AddressSpace } from "./address_space.ts";
import { OwnGrant } from "./app_api.ts";
import { Capability } from "./capability.ts";
import { Decision } from "./decision.ts";
import { GrantEffect } from "./grant.ts";
import { AppId } from "./ids.ts";
import { TargetText } from "./request.ts";

/** The steps of a decision, in their order of precedence; the first that speaks decides. */
export const decisionSteps = [
  "target",
  "policy-deny",
  "protections",
  "limits",
  "policy-allow",
  "installed",
  "paused",
  "secure-context",
  "blocked-hosts",
  "grant-deny",
  "grant-allow",
  "budgets",
  "quieting",
  "asking",
  "otherwise",
] as const;

/** A step of a decision. */
export const DecisionStep = z.enum(decisionSteps);
/** A step of a decision. */
export type DecisionStep = z.infer<typeof DecisionStep>;

/** What one step said; null where it had nothing to say. The first that says something decides. */
export const StepOutcome = z.strictObject({ step: DecisionStep, decision: Decision.nullable() });
/** What one step said. */
export type StepOutcome = z.infer<typeof StepOutcome>;

/** The parts of a rule or grant that must all match. */
export const candidateParts = [
  "app",
  "capability",
  "expiry",
  "use",
  "host",
  "rest",
  "except",
  "space",
  "transport",
  "budget",
] as const;

/** One part of a candidate: what it holds, what the question asks, and whether they match. */
export const PartOutcome = z.strictObject({
  part: z.enum(candidateParts).meta({
    description: "`rest` is the port of a socket target, or scheme, port and path of a pattern",
  }),
  matched: z.boolean(),
  holds: z.string().meta({ description: "What the rule or grant says" }),
  asked: z.string().meta({ description: "What the question says" }),
});
/** One part of a candidate. */
export type PartOutcome = z.infer<typeof PartOutcome>;

/** A rule of the policy, or a grant of the app, that might have decided. */
export const Candidate = z.strictObject({
  id: z.string().meta({ description: "A grant's id, or `policy.rules[n]`" }),
  source: z.enum(["policy", "grant"]),
  effect: GrantEffect,
  /** Whether every part matched. */
  matched: z.boolean(),
  parts: z.array(PartOutcome),
  /** Why it can't be read, and therefore denies; null when it can. */
  fault: z.string().nullable(),
});
/** A rule of the policy, or a grant of the app, that might have decided. */
export type Candidate = z.infer<typeof Candidate>;

/** An address of the target, and where it lies. */
export const ExplainedAddress = z.strictObject({
  address: z.string(),
  class: z.string().meta({ description: "What the address is for, by the IANA registries" }),
  space: AddressSpace,
  /** Whether policy calls it, or the name that leads to it, intranet. */
  intranet: z.boolean(),
});
/** An address of the target. */
export type ExplainedAddress = z.infer<typeof ExplainedAddress>;

/** A decision with everything that went into it. */
export const Explanation = z.strictObject({
  decision: Decision,
  steps: z.array(StepOutcome),
  /** Those that matched first, then those that came closest. */
  candidates: z.array(Candidate),
  /** How many further candidates there are, all of them further off. */
  moreCandidates: z.int().min(0),
  addresses: z.array(ExplainedAddress),
  /** How to change the decision: a sentence each. */
  advice: z.array(z.string()),
});
/** A decision with everything that went into it. */
export type Explanation = z.infer<typeof Explanation>;

/** `POST /admin/v1/explain`. */
export const ExplainBody = z.strictObject({
  app: z.string().min(1).max(2048).meta({
    description: "An app's id, origin, manifest id or name",
  }),
  capability: Capability,
  target: TargetText,
  secureTransport: z.boolean().default(false).meta({
    description: "Whether the connection would be encrypted",
  }),
  lookUp: z.boolean().default(true).meta({
    description: "Whether to look a name up, as opening a connection would",
  }),
});
/** `POST /admin/v1/explain`. */
export type ExplainBody = z.infer<typeof ExplainBody>;

/** Answer to `POST /admin/v1/explain`. */
export const PersonExplanation = Explanation.extend({
  app: z.strictObject({ id: AppId, name: z.string() }),
  capability: Capability,
  target: z.string().meta({ description: "In canonical form where it can be read" }),
  /** Why the name was not looked up, or has no address; null when there was nothing to look up. */
  lookUpProblem: z.string().nullable(),
});
/** Answer to `POST /admin/v1/explain`. */
export type PersonExplanation = z.infer<typeof PersonExplanation>;

/** `POST /api/v1/explain`: an app asks about itself. Nothing is looked up. */
export const OwnExplainBody = ExplainBody.omit({ app: true, lookUp: true });
/** `POST /api/v1/explain`. */
export type OwnExplainBody = z.infer<typeof OwnExplainBody>;

/** Answer to `POST /api/v1/explain`: the decision, who made it, and the app's own grants that were looked at. */
export const OwnExplanation = z.strictObject({
  decision: Decision.omit({ ruleIds: true }),
  decidedBy: z.enum(["organisation", "person", "broker", "nobody"]),
  grants: z.array(OwnGrant.extend({ matched: z.boolean(), parts: z.array(PartOutcome) })),
});
/** Answer to `POST /api/v1/explain`. */
export type OwnExplanation = z.infer<typeof OwnExplanation>;

/** The fields of the page Explain; all are absent when it is first opened. */
export const ExplainQuery = z.strictObject({
  app: z.string().max(2048).optional(),
  capability: Capability.optional(),
  target: z.string().max(2048).optional(),
  secure: z.literal("yes").optional(),
});
/** The fields of the page Explain. */
export type ExplainQuery = z.infer<typeof ExplainQuery>;
