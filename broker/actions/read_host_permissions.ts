/** The sites that an app names in a call of the Permissions API, or the error that tells it what is wrong. @module */
import type { MatchPattern } from "../core/match_pattern.ts";
import {
  type NamedPermissions,
  type PermissionFault,
  readPermissions,
} from "../core/host_permissions.ts";
import { ActionError } from "./action_error.ts";

/**
 * The patterns of what is named.
 *
 * @param faults What else may be wrong with them, in the order in which it is told.
 * @throws ActionError `invalid-body` whose detail is what Chrome says.
 */
export function readHostPermissions(
  named: NamedPermissions,
  ...faults: ((patterns: readonly MatchPattern[]) => PermissionFault | null)[]
): readonly MatchPattern[] {
  const read = readPermissions(named);
  if ("detail" in read) throw refusal(read);
  for (const find of faults) {
    const fault = find(read.patterns);
    if (fault) throw refusal(fault);
  }
  return read.patterns;
}

function refusal(fault: PermissionFault): ActionError {
  return new ActionError("invalid-body", fault.detail, { errors: [fault] });
}
