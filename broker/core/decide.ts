/** The decision: one pure function that says allow, deny or ask, and why (design section 4). @module */
import type { App } from "../schema/app.ts";
import type { Decision, DecisionReason, Effect } from "../schema/decision.ts";
import type { DecisionStep, StepOutcome } from "../schema/explanation.ts";
import type { GrantEffect } from "../schema/grant.ts";
import { readAppOrigin } from "./app_origin.ts";
import { namesApp } from "./app_reference.ts";
import { namedHost } from "./blocked_host.ts";
import { budgetText } from "./budget.ts";
import { type CapabilityTarget, parseCapabilityTarget } from "./capability_target.ts";
import { firstMatch } from "./candidate.ts";
import { grantParts, spentGrantParts } from "./grant_match.ts";
import { isPlaintext } from "./plaintext.ts";
import { matchingPolicyRule } from "./policy_match.ts";
import { findProtection } from "./protections.ts";
import type { Question } from "./question.ts";
import { type ReadQuestion, readQuestion } from "./read_question.ts";

/** The precedence in one sentence, as the dashboard prints it. */
export const precedenceSentence =
  "Organisation policy first; then built-in protections; then any Deny; then any Allow; otherwise we ask, or stay quiet if you silenced the app.";

type Say = (read: ReadQuestion) => Decision | null;

function decision(
  effect: Effect,
  reason: DecisionReason,
  message: string,
  ruleIds: readonly string[] = [],
): Decision {
  return { effect, reason, ruleIds: [...ruleIds], message };
}

const policyDeny: Say = (read) => {
  const { policy } = read.question;
  const who = policy.managedBy ?? "Your organisation";
  if (namesApp(policy.apps.blocked, read.app)) {
    return decision("deny", "policy-deny", `${who} blocks this app.`, ["policy.apps.blocked"]);
  }
  const byRule = policyRule("deny")(read);
  if (byRule) return byRule;
  return policy.requireTls && isPlaintext(read)
    ? decision("deny", "policy-deny", `${who} requires encrypted connections.`, [
      "policy.requireTls",
    ])
    : null;
};

const policyRule = (effect: GrantEffect): Say => (read) => {
  const rule = matchingPolicyRule(read, effect);
  if (!rule) return null;
  const who = read.question.policy.managedBy ?? "Your organisation";
  const why = rule.reason === null ? "" : `: ${rule.reason}`;
  const verb = effect === "allow" ? "allows" : "does not allow";
  const message = `${who} ${verb} this${why}${/[.!?]$/.test(why) ? "" : "."}`;
  return decision(effect, `policy-${effect}`, message, [rule.id]);
};

const protection: Say = (read) => {
  const found = findProtection(read);
  return found && decision("deny", found.reason, found.message);
};

const limit: Say = ({ question: { limit } }) =>
  limit && { ...decision("deny", "limit", limit.message), retryAfterMs: limit.retryAfterMs };

const installed: Say = ({ app, question: { policy } }) =>
  app.state === "installed" || namesApp(policy.apps.forceInstalled, app)
    ? null
    : decision("deny", "not-installed", "This app is not installed in Gatehouse.");

const unpaused: Say = ({ app }) =>
  app.pausedAtMs === null ? null : decision("deny", "paused", "You paused this app.");

// A record is replaced whole, never edited, so its origin is read once.
const secureApps = new WeakMap<App, boolean>();

const secureContext: Say = ({ app }) => {
  if (app.kind === "program") return null;
  let secure = secureApps.get(app);
  if (secure === undefined) {
    secure = app.origin !== null && "origin" in readAppOrigin(app.origin);
    secureApps.set(app, secure);
  }
  return secure ? null : decision("deny", "insecure-context", "This app is not a secure context.");
};

/** A block is for a host, whatever its name was granted for: one address of the name is enough. */
const hostBlock: Say = ({ faces, question: { blockedHosts } }) => {
  if (blockedHosts === undefined) return null;
  for (const face of faces) {
    const host = namedHost(face);
    if (host !== null && blockedHosts.has(host)) {
      return decision("deny", "host-blocked", `You blocked ${host} for all apps.`);
    }
  }
  return null;
};

const grantRule = (effect: GrantEffect): Say => (read) => {
  const { grants, capability } = read.question;
  const faces = effect === "deny" ? read.faces : [read.target];
  const hit = firstMatch(grantParts, read, (look) => {
    for (const face of faces) grants.visit(effect, capability, face, look);
  });
  if (!hit) return null;
  const verb = effect === "allow" ? "allowed" : "denied";
  return decision(effect, `grant-${effect}`, `You ${verb} ${hit.grant.target}.`, [hit.id]);
};

/** Whoever bounded an allowance has answered: nobody is asked again when it is used up. */
const budget: Say = (read) => {
  const { grants, capability } = read.question;
  const hit = firstMatch(spentGrantParts, read, (look) => {
    grants.visit("allow", capability, read.target, (candidate) => {
      if (candidate.grant.budget !== undefined) look(candidate);
    });
  });
  if (!hit) return null;
  const { target, budget } = hit.grant;
  const message = `You allowed ${target} for ${budgetText(budget)}, and that is used up.`;
  return decision("deny", "budget-spent", message, [hit.id]);
};

const quieting: Say = ({ app: { silence }, question: { embargoed, mode, nowMs } }) => {
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

const asking: Say = ({ question: { policy, capability } }) =>
  policy.asking[capability] === false
    ? decision("deny", "asking-forbidden", "Your organisation does not let apps ask for this.")
    : null;

/** The steps after the target has been read, in their order of precedence; the first that speaks decides. */
const steps = ([
  ["policy-deny", policyDeny],
  ["protections", protection],
  ["limits", limit],
  ["policy-allow", policyRule("allow")],
  ["installed", installed],
  ["paused", unpaused],
  ["secure-context", secureContext],
  ["blocked-hosts", hostBlock],
  ["grant-deny", grantRule("deny")],
  ["grant-allow", grantRule("allow")],
  ["budgets", budget],
  ["quieting", quieting],
  ["asking", asking],
] as [step: DecisionStep, say: Say][]).map(([step, say]) => ({
  step,
  say,
  /** What is told of a step that has nothing to say; most have nothing. */
  silence: { step, decision: null } as StepOutcome,
}));

/**
 * Every step of the decision with what it says, in the order of precedence: `decide()` takes the first that says something,
 * `explain()` shows them all. It ends early where a question can't be read.
 */
export function* evaluate(question: Question): Generator<StepOutcome> {
  const read = readOrRefuse(question);
  if ("step" in read) {
    yield read;
    return;
  }
  yield { step: "target", decision: null };
  for (const { step, say, silence } of steps) {
    const decision = sayOrDeny(say, read);
    yield decision === null ? silence : { step, decision };
  }
  yield {
    step: "otherwise",
    decision: decision("ask", "no-answer-yet", "Nobody has answered this yet."),
  };
}

/** The question, read, or why it can't be: no target, or nobody who asks. */
export function readOrRefuse(question: Question): ReadQuestion | StepOutcome {
  let target: CapabilityTarget;
  try {
    target = parseCapabilityTarget(question.capability, question.target);
  } catch (fault) {
    const message = fault instanceof Error ? fault.message : "This is no target.";
    return { step: "target", decision: decision("deny", "invalid-target", message) };
  }
  const { app } = question;
  if (app === null) {
    const message = "There is no such app; it may have been uninstalled.";
    return { step: "installed", decision: decision("deny", "not-installed", message) };
  }
  try {
    return readQuestion(question, app, target);
  } catch {
    return { step: "target", decision: unevaluated };
  }
}

const unevaluated = decision(
  "deny",
  "rule-error",
  "A rule could not be evaluated, so nothing is allowed.",
);

/** A rule that can't be evaluated denies; it is never skipped. */
function sayOrDeny(say: Say, read: ReadQuestion): Decision | null {
  try {
    return say(read);
  } catch {
    return unevaluated;
  }
}

/**
 * Decides one question. Pure: equal questions have equal decisions. It never throws: a target that can't be read denies
 * (`invalid-target`), and so does a rule that can't be evaluated (`rule-error`), which is never skipped.
 */
export function decide(question: Question): Decision {
  for (const { decision } of evaluate(question)) if (decision) return decision;
  throw new TypeError("The last step of a decision always speaks.");
}
