/** An explanation as lines of text for a terminal. @module */
import type { Candidate, PersonExplanation } from "../schema/explanation.ts";

// A name or a reason may hold characters that would lead a terminal, or a reader, astray.
// deno-lint-ignore no-control-regex
const unsafe = /[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/g;

/** The decision first, then what it came from, then what can be done. */
export function explanationText(explanation: PersonExplanation): string {
  const { decision, app, capability, target, addresses, lookUpProblem } = explanation;
  const { candidates, moreCandidates } = explanation;
  const lines = [
    `${decision.effect.toUpperCase()} (${decision.reason}): ${decision.message}`,
    `${app.name} (${app.id}), ${capability}, ${target}`,
    ...addresses.map(({ address, space, class: kind, intranet }) =>
      `  ${address}: ${space} (${kind})${intranet ? ", intranet by policy" : ""}`
    ),
    ...(lookUpProblem === null ? [] : [`  ${lookUpProblem}`]),
    "",
    "Steps, the first that speaks decides:",
    ...explanation.steps.map(({ step, decision }) =>
      `  ${step.padEnd(15)} ${decision ? `${decision.effect}: ${decision.message}` : "-"}`
    ),
    ...(candidates.length > 0 ? ["", "Rules and permissions:"] : []),
    ...candidates.map(candidateText),
    ...(moreCandidates > 0 ? [`  and ${moreCandidates} more, further off`] : []),
    "",
    ...explanation.advice,
  ];
  return lines.map((line) => line.replaceAll(unsafe, "\ufffd")).join("\n");
}

function candidateText({ id, effect, matched, parts, fault }: Candidate): string {
  const misses = parts.filter(({ matched }) => !matched)
    .map(({ part, holds, asked }) =>
      `${part}: ${holds || "nothing"}, asked: ${asked || "nothing"}`
    );
  const how = fault !== null ? `can't be read: ${fault}` : matched ? "matches" : misses.join("; ");
  return `  ${effect.padEnd(5)} ${id}  ${how}`;
}
