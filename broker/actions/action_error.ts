/** The one error that actions throw for what a caller did wrong, or must be told. @module */
import type { FieldProblem, ProblemType } from "../schema/problem.ts";
import type { SessionError } from "../schema/session.ts";

/** A refusal with a stable type; the API answers it as problem details (RFC 9457). */
export class ActionError extends Error {
  override name = "ActionError";
  /** The wrong fields, where there are any. */
  readonly errors: readonly FieldProblem[];
  /** After how many milliseconds trying again makes sense; undefined when it never does. */
  readonly retryAfterMs: number | undefined;
  /** For a fetch: the precise cause, which the answer tells. */
  override readonly cause: SessionError | undefined;

  /**
   * @param type The problem's type.
   * @param detail What is wrong and how to mend it, in a sentence or two.
   */
  constructor(
    readonly type: ProblemType,
    readonly detail: string,
    more: {
      errors?: readonly FieldProblem[];
      retryAfterMs?: number | undefined;
      cause?: SessionError;
    } = {},
  ) {
    super(detail);
    this.errors = more.errors ?? [];
    this.retryAfterMs = more.retryAfterMs;
    this.cause = more.cause;
  }
}
