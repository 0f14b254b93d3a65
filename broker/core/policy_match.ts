/** Which rule of the policy speaks to a question. @module */
import type { App } from "../schema/app.ts";
import type { Capability } from "../schema/capability.ts";
import {
  type CapabilityTarget,
  coversCapabilityTarget,
  parseCapabilityTarget,
} from "./capability_target.ts";
import type { Policy, PolicyRule } from "./policy.ts";
import type { Question } from "./question.ts";
import type { Target } from "./target.ts";

interface PolicyTargets {
  readonly targets: readonly CapabilityTarget[];
  readonly except: readonly CapabilityTarget[];
}

// A policy is replaced whole, never edited, so its targets are read once per rule and capability.
const parsedTargets = new WeakMap<PolicyRule, Map<Capability, PolicyTargets>>();

function targetsOf(rule: PolicyRule, capability: Capability): PolicyTargets {
  let byCapability = parsedTargets.get(rule);
  if (!byCapability) parsedTargets.set(rule, byCapability = new Map());
  let read = byCapability.get(capability);
  if (!read) {
    const parse = (text: string) => parseCapabilityTarget(capability, text);
    read = { targets: rule.targets.map(parse), except: rule.except.map(parse) };
    byCapability.set(capability, read);
  }
  return read;
}

function isForApp(rule: PolicyRule, app: App | null): boolean {
  return rule.apps.some((name) =>
    name === "*" ||
    (app !== null && (name === app.id || name === app.origin || name === app.manifestId))
  );
}

/** The first rule of this effect that is for the app, the capability and the target. */
export function matchingPolicyRule(
  question: Question,
  target: CapabilityTarget,
  effect: PolicyRule["effect"],
): PolicyRule | undefined {
  return question.policy.rules.find((rule) => {
    if (rule.effect !== effect || !isForApp(rule, question.app)) return false;
    if (!rule.capabilities.some((name) => name === "*" || name === question.capability)) {
      return false;
    }
    const { targets, except } = targetsOf(rule, question.capability);
    return targets.some((outer) => coversCapabilityTarget(outer, target)) &&
      !except.some((outer) => coversCapabilityTarget(outer, target));
  });
}

/** Whether policy calls this target's name intranet, so that it may have local addresses. */
export function isIntranet(policy: Policy, target: Target): boolean {
  const { host } = target;
  if (host.kind !== "name" && host.kind !== "wildcard") return false;
  return policy.intranet.some((suffix) => host.name === suffix || host.name.endsWith(`.${suffix}`));
}
