/** The decision: one pure function that says allow, deny or ask, and why (design section 4). @module */
import type { Decision, DecisionReason, Effect } from "../schema/decision.ts";
import type { Grant } from "../schema/grant.ts";
import { readAppOrigin } from "./app_origin.ts";
import { type CapabilityTarget, parseCapabilityTarget } from "./capability_target.ts";
import { isLiveGrant, matchesAllow, matchesDeny } from "./grant_match.ts";
import { matchingPolicyRule } from "./policy_match.ts";
import { findProtection } from "./protections.ts";
import type { Question } from "./question.ts";

/** The precedence in one sentence, as the dashboard prints it. */
export const precedenceSentence =
  "Organisation policy first; then built-in protections; then any Deny; then any Allow; otherwise we ask, or stay quiet if you silenced the app.";

type Rule = (question: Question, target: CapabilityTarget) => Decision | null;

function decision(
  effect: Effect,
  reason: DecisionReason,
  message: string,
  ruleIds: readonly string[] = [],
): Decision {
  return { effect, reason, ruleIds: [...ruleIds], message };
}

const policyRule = (effect: "allow" | "deny"): Rule => (question, target) => {
  const rule = matchingPolicyRule(question, target, effect);
  if (!rule) return null;
  const who = question.policy.managedBy ?? "Your organisation";
  const why = rule.reason === null ? "" : `: ${rule.reason}`;
  const verb = effect === "allow" ? "allows" : "does not allow";
  return decision(effect, `policy-${effect}`, `${who} ${verb} this${why}.`, [rule.id]);
};

const protection: Rule = (question, target) => {
  const found = findProtection(question, target);
  return found && decision("deny", found.reason, found.message);
};

const limit: Rule = ({ limit }) =>
  limit && { ...decision("deny", "limit", limit.message), retryAfterMs: limit.retryAfterMs };

const installed: Rule = ({ app }) =>
  app?.state === "installed"
    ? null
    : decision("deny", "not-installed", "This app is not installed in Gatehouse.");

const unpaused: Rule = ({ app }) =>
  app?.pausedAtMs == null ? null : decision("deny", "paused", "You paused this app.");

const secureContext: Rule = ({ app }) => {
  if (app === null || app.kind === "program") return null;
  const secure = app.origin !== null && "origin" in readAppOrigin(app.origin);
  return secure ? null : decision("deny", "insecure-context", "This app is not a secure context.");
};

function grantRule(
  effect: "allow" | "deny",
  candidates: (question: Question) => readonly Grant[],
  matches: (grant: Grant, question: Question, target: CapabilityTarget) => boolean,
): Rule {
  return (question, target) => {
    const hit = candidates(question).find((grant) =>
      isLiveGrant(grant, question.nowMs, question.sessionId) && matches(grant, question, target)
    );
    if (!hit) return null;
    const verb = effect === "allow" ? "allowed" : "denied";
    return decision(effect, `grant-${effect}`, `You ${verb} ${hit.target}.`, [hit.id]);
  };
}

const quieted: Rule = ({ app, embargoed, mode, nowMs }) => {
  const silence = app?.silence;
  if (silence && (silence.untilMs === null || silence.untilMs > nowMs)) {
    return decision("deny", "silenced", "You silenced this app.");
  }
  if (embargoed) {
    return decision(
      "deny",
      "embargo",
      "You put this off several times, so it is not asked for a while.",
    );
  }
  return mode === "quiet" ? decision("deny", "quiet", "Gatehouse is set to Quiet.") : null;
};

const asking: Rule = ({ policy, capability }) =>
  policy.asking[capability] === false
    ? decision("deny", "asking-forbidden", "Your organisation does not let apps ask for this.")
    : null;

/** The rules after the target has been read, in their order of precedence; the first that speaks decides. */
const rules: readonly Rule[] = [
  policyRule("deny"),
  protection,
  limit,
  policyRule("allow"),
  installed,
  unpaused,
  secureContext,
  grantRule("deny", ({ grants, capability }) => grants.denying(capability), matchesDeny),
  grantRule("allow", ({ grants, capability }) => grants.allowing(capability), matchesAllow),
  quieted,
  asking,
];

/**
 * Decides one question. Pure: equal questions have equal decisions. It never throws: a target that can't be read denies
 * (`invalid-target`), and so does a rule that can't be evaluated (`rule-error`), which is never skipped.
 */
export function decide(question: Question): Decision {
  let target: CapabilityTarget;
  try {
    target = parseCapabilityTarget(question.capability, question.target);
  } catch (fault) {
    return decision(
      "deny",
      "invalid-target",
      fault instanceof Error ? fault.message : "This is no target.",
    );
  }
  if (question.app === null) {
    return decision("deny", "not-installed", "There is no such app; it may have been uninstalled.");
  }
  try {
    for (const rule of rules) {
      const found = rule(question, target);
      if (found) return found;
    }
  } catch {
    return decision("deny", "rule-error", "A rule could not be evaluated, so nothing is allowed.");
  }
  return decision("ask", "no-answer-yet", "Nobody has answered this yet.");
}
