/** What a person sends to whoever manages the machine, where policy decides and they cannot. @module */
import type { PersonExplanation } from "../broker/schema/explanation.ts";
import { fillText } from "./phrase.ts";
import { plainText } from "./plain_text.ts";
import { targetText } from "./target_text.ts";
import { text } from "./text.ts";

/** Where a decision was made. */
export interface LetterOrigin {
  readonly machineName: string;
  /** The file that the policy is from; null where there is none. */
  readonly policyPath: string | null;
  readonly revision: string;
}

/** Reasons that only a change of the policy does away with. */
const byPolicy: ReadonlySet<string> = new Set(["policy-deny", "asking-forbidden"]);

/** The letter, in plain lines; null where policy does not stand in the way. */
export function adminLetter(
  { app, capability, target, decision }: PersonExplanation,
  { machineName, policyPath, revision }: LetterOrigin,
): string | null {
  if (!byPolicy.has(decision.reason)) return null;
  const { letter } = text.managed;
  const rules = decision.ruleIds.join(", ");
  return [
    fillText(letter.ask, { machine: plainText(machineName, 60) }),
    "",
    fillText(letter.app, { app: `${plainText(app.name, 60)} (${app.id})` }),
    fillText(letter.access, {
      capability: text.capability[capability],
      target: targetText(target, capability),
    }),
    fillText(letter.decision, { message: plainText(decision.message) }),
    ...(rules === "" ? [] : [fillText(letter.rules, { rules })]),
    fillText(letter.policy, { path: plainText(policyPath ?? "deno.json", 260), revision }),
  ].join("\n");
}
