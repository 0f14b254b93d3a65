/** Why the broker refuses a connection, in the form that apps are told. @module */
import type { Decision } from "../schema/decision.ts";
import type { AccessRequest } from "../schema/request.ts";
import type { SessionError } from "../schema/session.ts";
import { ConnectError } from "./ports.ts";

/** The error of a connection that was refused before anything was looked up or dialed. */
export function denied(code: SessionError["code"], message: string): ConnectError {
  return new ConnectError({ code, phase: "policy", message });
}

/** The error for a decision that denies. */
export function refusal({ reason, message, retryAfterMs }: Decision): ConnectError {
  switch (reason) {
    case "invalid-target":
    case "not-installed":
    case "silenced":
      return denied(reason, message);
    case "embargo":
    case "quiet":
      return denied("silenced", message);
    case "limit": {
      const wait = retryAfterMs === undefined ? {} : { retryAfterMs };
      return new ConnectError({ code: "limited", phase: "policy", message, ...wait });
    }
    default:
      return denied("denied", message);
  }
}

/** The error for a request that ended without an allowance. */
export function refusedRequest({ outcome, message, target }: AccessRequest): ConnectError {
  const why = message ?? `The request for ${target} ended without an answer.`;
  return denied(outcome === "silenced" || outcome === "withdrawn" ? outcome : "denied", why);
}
