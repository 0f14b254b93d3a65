/** What a policy says that it surely does not mean: rules that never take effect, apps both installed and blocked. @module */
import { coversCapabilityTarget } from "./capability_target.ts";
import { everyApp } from "./app_reference.ts";
import type { Policy } from "./policy.ts";
import { ruleIndex } from "./policy_match.ts";
import { capabilitiesOf, type ReadRule } from "./policy_rule.ts";
import type { CapabilityTarget } from "./capability_target.ts";

/** A sentence for each; empty for a policy that is at one with itself. */
export function policyWarnings(policy: Policy): string[] {
  const { forceInstalled, blocked } = policy.apps;
  const isBlocked = new Set(blocked);
  const apps = forceInstalled.filter((app) => isBlocked.has(app) || isBlocked.has(everyApp));
  return [
    ...apps.map((app) =>
      `apps: ${app} is both installed and blocked. Block beats allow, so it is blocked.`
    ),
    ...ruleIndex(policy).rules.flatMap((rule) => shadowWarnings(rule, policy)),
  ];
}

/** Block beats allow: a target of an allowance that a denial covers whole is never allowed. */
function shadowWarnings(rule: ReadRule, policy: Policy): string[] {
  if (rule.effect !== "allow") return [];
  return rule.read.targets.flatMap((target) => {
    const denial = findDenial(rule, target, policy);
    if (denial === null) return [];
    return [
      `${rule.id} allows ${target.text}, which ${denial.id} denies. Block beats allow, so it is denied.`,
    ];
  });
}

function findDenial(allowance: ReadRule, target: CapabilityTarget, policy: Policy) {
  const { deny } = ruleIndex(policy);
  let found: ReadRule | null = null;
  const look = (denial: ReadRule) => {
    if (found !== null || !hasCapabilities(denial, allowance)) return;
    if (!denial.read.targets.some((outer) => coversCapabilityTarget(outer, target))) return;
    // Where something within the target is excepted, the allowance is good for that.
    if (denial.read.except.some((part) => touches(part, target))) return;
    found = denial;
  };
  for (const app of new Set([everyApp, ...allowance.rule.apps])) {
    // One that is for some of the apps only leaves the allowance to the others.
    if (app !== everyApp && allowance.rule.apps.length > 1) continue;
    deny.get(app)?.visit(target, look);
  }
  return found as ReadRule | null;
}

function hasCapabilities(denial: ReadRule, allowance: ReadRule): boolean {
  const denied = new Set(capabilitiesOf(denial.rule));
  return capabilitiesOf(allowance.rule).every((capability) => denied.has(capability));
}

function touches(a: CapabilityTarget, b: CapabilityTarget): boolean {
  return coversCapabilityTarget(a, b) || coversCapabilityTarget(b, a);
}
