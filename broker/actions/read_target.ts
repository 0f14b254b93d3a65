/** Reading what an app named, so that it is told what is wrong with it. @module */
import { TargetError } from "../core/target_error.ts";
import { denied } from "./refused_connection.ts";

/**
 * Does what `read` does.
 *
 * @throws ConnectError `invalid-target` in place of `TargetError`.
 */
export function readTarget<Read>(read: () => Read): Read {
  try {
    return read();
  } catch (fault) {
    if (fault instanceof TargetError) throw denied("invalid-target", fault.message);
    throw fault;
  }
}
