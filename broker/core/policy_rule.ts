/** One rule of the policy, read: which targets it holds for which kinds of access, and what makes it match. @module */
import { capabilities, type Capability } from "../schema/capability.ts";
import { everyApp, namesApp, referencesTo } from "./app_reference.ts";
import { type CandidateBase, exceptPart, type Part, targetParts } from "./candidate.ts";
import { type CapabilityTarget, parseCapabilityTarget } from "./capability_target.ts";
import type { PolicyRule } from "./policy.ts";

/** A rule whose targets have been read. */
export interface ReadRule extends CandidateBase {
  readonly rule: PolicyRule;
}

/** Stands for every target, of each kind. */
export const everyTarget = "*";
const everyCapability = "*";

/** Capabilities that share a grammar, by any one of them. */
const grammars: readonly { readonly sample: Capability; readonly every: string }[] = [
  { sample: "tcp-connect", every: "*:*" },
  { sample: "host-access", every: "<all_urls>" },
  { sample: "network-info", every: "*" },
];

/** A capability that stands for all whose targets are written alike. */
export function grammarOf(capability: Capability): Capability {
  return capability === "host-access" || capability === "network-info" ? capability : "tcp-connect";
}

/** The capabilities that a rule names. */
export function capabilitiesOf({ capabilities: named }: PolicyRule): readonly Capability[] {
  if (named.includes(everyCapability)) return capabilities;
  return named.filter((name) => name !== everyCapability);
}

/** A text read in every grammar of the rule's capabilities that it fits, or why it fits none of them. */
export function readRuleTarget(
  rule: PolicyRule,
  text: string,
): { targets: CapabilityTarget[]; faults: string[] } {
  const wanted = new Set(capabilitiesOf(rule).map(grammarOf));
  const targets: CapabilityTarget[] = [];
  const faults: string[] = [];
  for (const { sample, every } of grammars) {
    if (!wanted.has(sample)) continue;
    try {
      targets.push(parseCapabilityTarget(sample, text === everyTarget ? every : text));
    } catch (fault) {
      faults.push(fault instanceof Error ? fault.message : "This is no target.");
    }
  }
  return { targets, faults };
}

/** Reads a rule. One whose targets can't be read has a `fault`, and denies whatever it may be about. */
export function readRule(rule: PolicyRule, order: number): ReadRule {
  let fault: string | null = null;
  const read = (texts: readonly string[]) =>
    texts.flatMap((text) => {
      const { targets, faults } = readRuleTarget(rule, text);
      if (targets.length === 0) fault ??= `${text}: ${faults[0] ?? "no capability reads it."}`;
      return targets;
    });
  const targets = read(rule.targets);
  const except = read(rule.except);
  return { id: rule.id, effect: rule.effect, order, rule, read: { targets, except, fault } };
}

/** What must match for a rule to speak. */
export const ruleParts: readonly Part<ReadRule>[] = [
  {
    name: "app",
    holds: ({ rule }, { app }) => namesApp(rule.apps, app),
    says: ({ rule }) => rule.apps.join(", "),
    asks: ({ app }) => referencesTo(app).filter((name) => name !== everyApp).join(", "),
  },
  {
    name: "capability",
    holds: ({ rule }, { question }) =>
      rule.capabilities.includes(question.capability) ||
      rule.capabilities.includes(everyCapability),
    says: ({ rule }) => rule.capabilities.join(", "),
    asks: ({ question }) => question.capability,
  },
  ...targetParts,
  exceptPart,
];
