/** The candidate: a rule or a grant as decisions match it, part by part, and the first one that speaks. @module */
import type { PartOutcome } from "../schema/explanation.ts";
import {
  type CapabilityTarget,
  coversCapabilityTarget,
  coversHostOf,
} from "./capability_target.ts";
import type { ReadQuestion } from "./read_question.ts";

/** What a rule or a grant is for, read once. */
export interface ReadTargets {
  readonly targets: readonly CapabilityTarget[];
  /** What it is not for. */
  readonly except: readonly CapabilityTarget[];
  /** Why its targets can't be read; null when they can. */
  readonly fault: string | null;
}

/** What every candidate has. */
export interface CandidateBase {
  readonly id: string;
  readonly effect: "allow" | "deny";
  /** Its place among its like; of several that match, the first decides. */
  readonly order: number;
  readonly read: ReadTargets;
}

/** One part that must match. Decisions call `holds`; the other two put it in words for explanations. */
export interface Part<Candidate> {
  readonly name: PartOutcome["part"];
  readonly holds: (candidate: Candidate, read: ReadQuestion) => boolean;
  readonly says: (candidate: Candidate) => string;
  readonly asks: (read: ReadQuestion, candidate: Candidate) => string;
}

/** What can't be read can't be told apart from what is asked: it counts as matching, and then it denies. */
const unreadable = ({ read }: CandidateBase) => read.fault !== null;

/** An allowance has to be for the target itself; a denial of any address that its name has is enough. */
function facesFor({ effect }: CandidateBase, read: ReadQuestion): readonly CapabilityTarget[] {
  return effect === "allow" ? [read.target] : read.faces;
}

function isExcepted({ read }: CandidateBase, face: CapabilityTarget): boolean {
  return read.except.some((outer) => coversCapabilityTarget(outer, face));
}

function isCovered({ read }: CandidateBase, face: CapabilityTarget): boolean {
  return read.targets.some((outer) => coversCapabilityTarget(outer, face));
}

const targetsText = ({ read }: CandidateBase) =>
  read.fault ?? read.targets.map(({ text }) => text).join(", ");
const facesText = (read: ReadQuestion, candidate: CandidateBase) =>
  facesFor(candidate, read).map(({ text }) => text).join(", ");

/** The parts that are about targets, which rules and grants have in common. */
export const targetParts: readonly Part<CandidateBase>[] = [
  {
    name: "host",
    holds: (candidate, read) =>
      unreadable(candidate) ||
      facesFor(candidate, read).some((face) =>
        candidate.read.targets.some((outer) => coversHostOf(outer, face))
      ),
    says: targetsText,
    asks: facesText,
  },
  {
    name: "rest",
    holds: (candidate, read) =>
      unreadable(candidate) || facesFor(candidate, read).some((face) => isCovered(candidate, face)),
    says: targetsText,
    asks: facesText,
  },
];

/** What a rule is not for. For an allowance no address may be excepted; a denial needs one that is not. */
export const exceptPart: Part<CandidateBase> = {
  name: "except",
  holds: (candidate, read) => {
    if (unreadable(candidate) || candidate.read.except.length === 0) return true;
    if (candidate.effect === "allow") {
      return !read.faces.some((face) => isExcepted(candidate, face));
    }
    return !isExcepted(candidate, read.target) &&
      read.faces.some((face) => isCovered(candidate, face) && !isExcepted(candidate, face));
  },
  says: ({ read }) => read.except.map(({ text }) => text).join(", "),
  asks: facesText,
};

/**
 * The first of the candidates, by their order, of which every part matches.
 *
 * @param visit Calls its argument with every candidate that may match, in any order, repeats allowed.
 * @throws Error when that one can't be read: it must deny, and is never passed over.
 */
export function firstMatch<Candidate extends CandidateBase>(
  parts: readonly Part<Candidate>[],
  read: ReadQuestion,
  visit: (look: (candidate: Candidate) => void) => void,
): Candidate | null {
  let first: Candidate | null = null;
  visit((candidate) => {
    if (first !== null && candidate.order >= first.order) return;
    if (parts.every((part) => part.holds(candidate, read))) first = candidate;
  });
  // The assignment in the callback is out of TypeScript's sight.
  const found = first as Candidate | null;
  if (found !== null && found.read.fault !== null) throw new Error(found.read.fault);
  return found;
}
