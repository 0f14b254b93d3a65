/** Which rule of the policy speaks to a question. @module */
import { referencesTo } from "./app_reference.ts";
import { firstMatch } from "./candidate.ts";
import type { Policy, PolicyRule } from "./policy.ts";
import { type ReadRule, readRule, ruleParts } from "./policy_rule.ts";
import type { ReadQuestion } from "./read_question.ts";
import { TargetIndex } from "./target_index.ts";

type RulesByApp = Map<string, TargetIndex<ReadRule>>;

/** The rules of a policy, read, and those of each effect by app and then by target. */
export interface RuleIndex {
  readonly rules: readonly ReadRule[];
  readonly allow: RulesByApp;
  readonly deny: RulesByApp;
}

// A policy is replaced whole, never edited, so its rules are read and indexed once.
const indexes = new WeakMap<readonly PolicyRule[], RuleIndex>();

/** The index of a policy's rules; made at the first call for them. */
export function ruleIndex({ rules }: Pick<Policy, "rules">): RuleIndex {
  let index = indexes.get(rules);
  if (!index) indexes.set(rules, index = indexRules(rules));
  return index;
}

function indexRules(rules: readonly PolicyRule[]): RuleIndex {
  const index = { rules: rules.map(readRule), allow: new Map(), deny: new Map() };
  for (const rule of index.rules) {
    const byApp: RulesByApp = index[rule.effect];
    for (const app of new Set(rule.rule.apps)) {
      let targets = byApp.get(app);
      if (!targets) byApp.set(app, targets = new TargetIndex());
      if (rule.read.fault !== null) targets.addAlways(rule);
      else for (const target of rule.read.targets) targets.add(target, rule);
    }
  }
  return index;
}

/**
 * The first rule of this effect that is for the app, the capability and the target.
 *
 * @throws Error when that rule can't be read.
 */
export function matchingPolicyRule(
  read: ReadQuestion,
  effect: PolicyRule["effect"],
): PolicyRule | null {
  if (read.question.policy.rules.length === 0) return null;
  const byApp = ruleIndex(read.question.policy)[effect];
  const faces = effect === "deny" ? read.faces : [read.target];
  const found = firstMatch(ruleParts, read, (look) => {
    for (const reference of referencesTo(read.app)) {
      const targets = byApp.get(reference);
      if (targets) { for (const face of faces) targets.visit(face, look); }
    }
  });
  return found && found.rule;
}
