/** Problem details (RFC 9457): the one form in which every error is answered. @module */
import { ZodError } from "zod";
import { ActionError } from "../actions/action_error.ts";
import { type Log, StoreUnavailableError } from "../actions/ports.ts";
import type { FieldProblem, Problem, ProblemType } from "../schema/problem.ts";
import { readFieldProblems } from "../schema/field_problems.ts";

/** The media type of problem details (RFC 9457, section 6.1). */
export const problemMediaType = "application/problem+json";

/** The status and the title of each problem type; a type always has the same two. */
export const problemKinds: Readonly<Record<ProblemType, { status: number; title: string }>> = {
  "invalid-body": { status: 400, title: "The body is not valid" },
  "invalid-query": { status: 400, title: "The query is not valid" },
  "invalid-header": { status: 400, title: "A header is not valid" },
  "unsupported-media-type": { status: 415, title: "The body is not JSON" },
  "body-too-large": { status: 413, title: "The body is too large" },
  "not-found": { status: 404, title: "There is nothing here" },
  "method-not-allowed": { status: 405, title: "The method is not allowed here" },
  "host-not-allowed": { status: 421, title: "The Host header is not allowed" },
  "origin-not-allowed": { status: 403, title: "The origin is not allowed" },
  "insecure-context": { status: 403, title: "The origin is not a secure context" },
  "third-party-frame": { status: 403, title: "The app is framed by another site" },
  "not-signed-in": { status: 401, title: "Nobody is signed in" },
  "secret-missing": { status: 403, title: "The origin-bound secret is missing" },
  "launch-link-spent": { status: 403, title: "The launch link is spent" },
  "token-missing": { status: 401, title: "The app token is missing" },
  "token-unknown": { status: 401, title: "The app token is unknown" },
  "not-installed": { status: 403, title: "The app is not installed" },
  "stale-review": { status: 409, title: "What was shown has changed" },
  "request-ended": { status: 409, title: "The request has ended" },
  "target-widened": { status: 422, title: "The target is wider than what was asked" },
  "duration-not-allowed": { status: 422, title: "The duration is not allowed" },
  "set-by-policy": { status: 403, title: "The organisation sets this" },
  "queue-full": { status: 429, title: "The queue is full" },
  "fetch-refused": { status: 403, title: "This may not be fetched" },
  "fetch-failed": { status: 502, title: "This could not be fetched" },
  "upgrade-required": { status: 426, title: "This is a WebSocket" },
  "store-unavailable": { status: 503, title: "The store cannot write" },
  "internal-error": { status: 500, title: "The broker has failed" },
};

/** Makes problem details of a type. */
export function problemOf(
  type: ProblemType,
  detail: string,
  more: Pick<Problem, "cause"> & {
    errors?: readonly FieldProblem[];
    retryAfterMs?: number | undefined;
  } = {},
): Problem {
  const problem: Problem = { type: `urn:gatehouse:problem:${type}`, ...problemKinds[type], detail };
  if (more.errors && more.errors.length > 0) problem.errors = [...more.errors];
  if (more.retryAfterMs !== undefined) problem.retryAfterMs = more.retryAfterMs;
  if (more.cause) problem.cause = more.cause;
  return problem;
}

/**
 * Makes problem details of whatever was thrown. Only errors that are meant for a caller are told; anything else is
 * logged and answered as `internal-error` without a word of what it was.
 *
 * @param invalid The type for a `ZodError` that nobody has turned into an `ActionError`.
 */
export function problemFrom(fault: unknown, log: Log): Problem {
  if (fault instanceof ActionError) return problemOf(fault.type, fault.detail, fault);
  if (fault instanceof ZodError) {
    const errors = readFieldProblems(fault);
    return problemOf("invalid-body", errors.map(({ detail }) => detail).join(" "), { errors });
  }
  if (fault instanceof StoreUnavailableError) {
    log.error("store-unavailable", fault);
    return problemOf(
      "store-unavailable",
      "Nothing was changed. Free some disk space, then try again.",
    );
  }
  log.error("request-failed", fault);
  return problemOf("internal-error", "The broker has written down what went wrong. Try again.");
}

/**
 * Answers problem details.
 *
 * @param allow For `method-not-allowed`: the methods that there are.
 */
export function problemResponse(problem: Problem, allow = ""): Response {
  const headers = new Headers({ "content-type": problemMediaType, "cache-control": "no-store" });
  if (problem.status === 405) headers.set("allow", allow);
  if (problem.status === 401) headers.set("www-authenticate", "Bearer");
  if (problem.status === 426) headers.set("upgrade", "websocket");
  if (problem.retryAfterMs !== undefined) {
    headers.set("retry-after", String(Math.ceil(problem.retryAfterMs / 1000)));
  }
  return new Response(JSON.stringify(problem), { status: problem.status, headers });
}
