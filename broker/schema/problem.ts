/** Problem details: the one form of every error that the API answers (RFC 9457). @module */
import { z } from "zod";
import { SessionError } from "./session.ts";

/** Every problem type; the full URI is `urn:gatehouse:problem:` and the name. */
export const problemTypes = [
  "invalid-body",
  "invalid-query",
  "invalid-header",
  "unsupported-media-type",
  "body-too-large",
  "not-found",
  "method-not-allowed",
  "host-not-allowed",
  "origin-not-allowed",
  "insecure-context",
  "third-party-frame",
  "not-signed-in",
  "secret-missing",
  "launch-link-spent",
  "token-missing",
  "token-unknown",
  "not-installed",
  "stale-review",
  "request-ended",
  "target-widened",
  "duration-not-allowed",
  "set-by-policy",
  "queue-full",
  "upgrade-required",
  "fetch-refused",
  "fetch-failed",
  "store-unavailable",
  "internal-error",
] as const;

/** The name of a problem type. */
export const ProblemType = z.enum(problemTypes);
/** The name of a problem type. */
export type ProblemType = z.infer<typeof ProblemType>;

/** One field that is wrong: where it is (a JSON pointer, RFC 6901) and how to mend it. */
export const FieldProblem = z.strictObject({ pointer: z.string(), detail: z.string() });
/** One field that is wrong. */
export type FieldProblem = z.infer<typeof FieldProblem>;

/** Problem details, media type `application/problem+json` (RFC 9457 section 3). */
export const Problem = z.strictObject({
  type: z.templateLiteral(["urn:gatehouse:problem:", ProblemType]),
  title: z.string(),
  status: z.int().min(400).max(599),
  detail: z.string(),
  errors: z.array(FieldProblem).optional(),
  retryAfterMs: z.int().min(0).optional(),
  /** For a fetch: the precise cause. */
  cause: SessionError.optional(),
});
/** Problem details. */
export type Problem = z.infer<typeof Problem>;
