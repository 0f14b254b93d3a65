/** Telling that a session waits for its app: its relay was lost, and the app may come back for it. @module */
import type { ContextId } from "../schema/ids.ts";
import type { Session } from "../schema/session.ts";
import type { Broker } from "./ports.ts";

/** The session waits from now on. It stays registered: limits count it, and the review may cut it. */
export function waitForApp(broker: Pick<Broker, "clock" | "sessions">, session: Session): void {
  session.waitingSinceMs = broker.clock.nowMs();
  broker.sessions.changed(session.id);
}

/** The app is back, with another relay. */
export function appIsBack(
  { sessions }: Pick<Broker, "sessions">,
  session: Session,
  contextId: ContextId,
): void {
  delete session.waitingSinceMs;
  session.contextId = contextId;
  sessions.changed(session.id);
}
