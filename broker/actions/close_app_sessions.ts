/** Closing every connection of an app by hand; its permissions stay. @module */
import type { AppId, SessionId } from "../schema/ids.ts";
import { closeSession } from "./close_session.ts";
import type { Broker } from "./ports.ts";

/** Closes what an app has open; answers what that was. */
export function closeAppSessions(broker: Broker, appId: AppId): SessionId[] {
  const open = [...broker.sessions.list()].map(({ session }) => session)
    .filter((session) => session.appId === appId);
  for (const { id } of open) closeSession(broker, id);
  return open.map(({ id }) => id);
}
