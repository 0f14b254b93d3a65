/** What is wrong with a policy: where it stands in the file, and how to mend it. @module */

/** One thing that is wrong. */
export interface PolicyProblem {
  /** The JSON path: `permissionBroker.rules[3].targts`; empty for the file as a whole. */
  readonly path: string;
  /** From 1. */
  readonly line: number;
  /** In UTF-16 code units, from 1. */
  readonly column: number;
  /** A sentence, or two, that says how to mend it. */
  readonly message: string;
}

/** How many problems the message of an error lists. */
const shownProblems = 10;

/** Thrown for a policy that can't be read. Its message lists what is wrong, a line each. */
export class PolicyError extends Error {
  override name = "PolicyError";

  /** @param problems What is wrong, in the order of the file; at least one. */
  constructor(readonly problems: readonly PolicyProblem[]) {
    const lines = problems.slice(0, shownProblems).map(problemText);
    const more = problems.length - lines.length;
    super([...lines, ...(more > 0 ? [`and ${more} more`] : [])].join("\n"));
  }
}

/** A problem as one line: `line 12, column 7: permissionBroker.rules[3].targts: …`. */
export function problemText({ path, line, column, message }: PolicyProblem): string {
  return `line ${line}, column ${column}: ${path === "" ? "" : `${path}: `}${message}`;
}
