/** Why a session was refused or failed, as the problem that a call over REST ends in. @module */
import { ActionError } from "../actions/action_error.ts";
import type { SessionError } from "../schema/session.ts";

/** The problem for an error; its `cause` tells the error precisely. */
export function toActionError({ code, phase, message, retryAfterMs }: SessionError): ActionError {
  const more = { cause: { code, phase, message } };
  if (code === "limited" && phase === "policy") {
    return new ActionError("queue-full", message, { ...more, retryAfterMs });
  }
  if (code === "not-installed") return new ActionError("not-installed", message, more);
  if (code === "invalid-request") return new ActionError("invalid-query", message, more);
  const type = phase === "policy" ? "fetch-refused" : "fetch-failed";
  return new ActionError(type, message, more);
}
