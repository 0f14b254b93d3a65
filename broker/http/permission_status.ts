/** A decision as the Permissions API tells it (W3C Permissions, section 3.1). @module */
import { ActionError } from "../actions/action_error.ts";
import { permissionStates } from "../actions/query_permission.ts";
import type { PermissionStatus } from "../schema/app_api.ts";
import type { Decision } from "../schema/decision.ts";

/** The state of a permission, and why; nothing of which grant or rule decided. */
export function permissionStatus({ effect, reason, message }: Decision): PermissionStatus {
  return { state: permissionStates[effect], reason, message };
}

/** @throws ActionError `queue-full` when a question was refused because too many wait already. */
export function refuseWhenLimited({ reason, message, retryAfterMs }: Decision): void {
  if (reason === "limit") throw new ActionError("queue-full", message, { retryAfterMs });
}
