/** The decision: what `decide()` returns. @module */
import { z } from "zod";

/** What a decision can be. */
export const Effect = z.enum(["allow", "deny", "ask"]);
/** What a decision can be. */
export type Effect = z.infer<typeof Effect>;

/** Every reason a decision can have, in the order of precedence of design section 4. */
export const decisionReasons = [
  "invalid-target",
  "rule-error",
  "policy-deny",
  "own-port",
  "metadata-address",
  "broadcast-address",
  "multicast-address",
  "refused-address",
  "non-public-name",
  "bad-port",
  "cors-host",
  "third-party-frame",
  "limit",
  "policy-allow",
  "lockdown",
  "not-installed",
  "paused",
  "insecure-context",
  "host-blocked",
  "grant-deny",
  "grant-allow",
  "budget-spent",
  "silenced",
  "embargo",
  "quiet",
  "asking-forbidden",
  "no-answer-yet",
] as const;

/** Why a decision is what it is: one of a closed list. */
export const DecisionReason = z.enum(decisionReasons);
/** Why a decision is what it is. */
export type DecisionReason = z.infer<typeof DecisionReason>;

/** What `decide()` returned (design section 4). */
export const Decision = z.strictObject({
  effect: Effect,
  reason: DecisionReason,
  /** The ids of the grants, or `policy.rules[n]`, that decided. */
  ruleIds: z.array(z.string()),
  /** A sentence for people. */
  message: z.string(),
  /** For `limit`: after how many milliseconds trying again makes sense. */
  retryAfterMs: z.int().min(0).optional(),
});
/** What `decide()` returned. */
export type Decision = z.infer<typeof Decision>;
