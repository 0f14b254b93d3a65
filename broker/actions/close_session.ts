/** Closing one connection by hand; the permission stays. @module */
import type { SessionId } from "../schema/ids.ts";
import type { Session } from "../schema/session.ts";
import { ActionError } from "./action_error.ts";
import type { Broker } from "./ports.ts";

/**
 * Closes a live session for the person.
 *
 * @throws ActionError `not-found` when it is closed already.
 */
export function closeSession(broker: Broker, id: SessionId): Session {
  const live = broker.sessions.get(id);
  if (!live) throw new ActionError("not-found", "This connection is closed already.");
  live.close({
    code: "closed-by-person",
    phase: "transfer",
    message: `The person closed the connection to ${live.session.target}.`.slice(0, 500),
  });
  return live.session;
}
