/** How the SDK says what went wrong: the DOMException that the specification wants, with the precise cause in `cause`. @module */
import type { Problem } from "../schema/problem.ts";
import type { SessionError } from "../schema/session.ts";

/** What the SDK itself found out, where the broker could not answer. */
export interface LocalFault {
  /**
   * Which wall stands in the way: `broker-not-running`, the browser's own `browser-blocked` and `browser-asking`
   * (local-network permission: denied, and not given yet) or `mixed-content`; or `relay-lost`: the connection to the broker
   * ended while it was in use.
   */
  code:
    | "broker-not-running"
    | "browser-blocked"
    | "browser-asking"
    | "mixed-content"
    | "relay-lost";
  /** A sentence for people, with what to do. */
  message: string;
}

/**
 * The `cause` of every DOMException that the SDK makes for a failure: the broker's word about a socket (`SessionError`) or
 * about a call (`Problem`), or what the SDK found out by itself.
 */
export type FailureCause = SessionError | Problem | LocalFault;

/** Makes a DOMException with a cause. */
export function failure(name: string, message: string, cause?: FailureCause): DOMException {
  const exception = new DOMException(message, name);
  if (cause) Object.defineProperty(exception, "cause", { value: cause, configurable: true });
  return exception;
}

/**
 * Why a socket did not open: `NotAllowedError` where the person, the policy or a limit said no, else `NetworkError`
 * (Direct Sockets, the table of asynchronous errors).
 */
export function openingFailure(cause: SessionError | LocalFault): DOMException {
  const refused = "phase" in cause && cause.phase === "policy" && cause.code !== "invalid-target";
  return failure(refused ? "NotAllowedError" : "NetworkError", cause.message, cause);
}

/** Why an open socket ended: always `NetworkError` (Direct Sockets, "Stream aborted by the remote"). */
export function transferFailure(cause: SessionError | LocalFault): DOMException {
  return failure("NetworkError", cause.message, cause);
}

/** What the broker answered to a call that it refused. */
export function problemFailure(problem: Problem): DOMException {
  return failure(nameOfStatus(problem.status), problem.detail, problem);
}

function nameOfStatus(status: number): string {
  switch (status) {
    case 401:
    case 403:
    case 429:
      return "NotAllowedError";
    case 404:
      return "NotFoundError";
    case 409:
      return "InvalidStateError";
    default:
      return "OperationError";
  }
}
