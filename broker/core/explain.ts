/** The explanation: the same steps as the decision, each rule and grant that might have spoken, and what can be done. @module */
import type { Candidate, Explanation } from "../schema/explanation.ts";
import type { LocatedAddress } from "./address_space.ts";
import { adviceOn } from "./advice.ts";
import type { CandidateBase, Part } from "./candidate.ts";
import { evaluate, readOrRefuse } from "./decide.ts";
import { grantParts, readGrant } from "./grant_match.ts";
import { isIntranet, isIntranetAddress } from "./intranet.ts";
import { ruleIndex } from "./policy_match.ts";
import { ruleParts } from "./policy_rule.ts";
import type { Question } from "./question.ts";
import type { ReadQuestion } from "./read_question.ts";

/** How many candidates an explanation lists; the others are only counted. */
export const maxCandidates = 100;

/**
 * Explains one question. Its `decision` is what `decide()` answers; it comes out of the same steps.
 *
 * @param only Lists candidates of this source alone.
 */
export function explain(question: Question, only?: Candidate["source"]): Explanation {
  const steps = [...evaluate(question)];
  const decision = steps.find(({ decision }) => decision !== null)?.decision;
  if (!decision) throw new TypeError("The last step of a decision always speaks.");
  const read = readOrRefuse(question);
  const considered = "step" in read ? [] : considerAll(read, only);
  return {
    decision,
    steps,
    candidates: considered.slice(0, maxCandidates).map(({ describe }) => describe()),
    moreCandidates: Math.max(0, considered.length - maxCandidates),
    addresses: "step" in read ? [] : read.addresses.map((address) => located(read, address)),
    advice: adviceOn(decision.reason, question),
  };
}

interface Considered {
  readonly misses: number;
  describe(): Candidate;
}

/** Every rule and every grant, those that matched first, then by how many parts did not. */
function considerAll(read: ReadQuestion, only: Candidate["source"] | undefined): Considered[] {
  const { policy, grants } = read.question;
  const rules = only === "grant" ? [] : ruleIndex(policy).rules;
  const own = only === "policy" ? [] : grants.all;
  return [
    ...rules.map((rule) => consider("policy", rule, ruleParts, read)),
    ...own.map((grant, order) => consider("grant", readGrant(grant, order), grantParts, read)),
  ].sort((a, b) => a.misses - b.misses);
}

/** Holds every part of a candidate against the question; the words are made only if it is listed. */
function consider<C extends CandidateBase>(
  source: Candidate["source"],
  candidate: C,
  parts: readonly Part<C>[],
  read: ReadQuestion,
): Considered {
  const matches = parts.map((part) => part.holds(candidate, read));
  const misses = matches.filter((matched) => !matched).length;
  return {
    misses,
    describe: () => ({
      id: candidate.id,
      source,
      effect: candidate.effect,
      matched: misses === 0,
      parts: parts.map((part, index) => ({
        part: part.name,
        matched: matches[index] === true,
        holds: part.says(candidate),
        asked: part.asks(read, candidate),
      })),
      fault: candidate.read.fault,
    }),
  };
}

function located(
  { question: { policy }, destination }: ReadQuestion,
  { classification, address }: LocatedAddress,
): Explanation["addresses"][number] {
  const { canonical, class: kind, space } = classification;
  const byName = space === "local" && destination !== null && isIntranet(policy, destination);
  const intranet = address !== null &&
    (byName || (space === "local" || space === "loopback") && isIntranetAddress(policy, address));
  return { address: canonical ?? "", class: kind, space, intranet };
}
