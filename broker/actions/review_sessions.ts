/** The review: the same decision, asked again about everything that is open. Nothing open is cut in any other way. @module */
import { decide } from "../core/decide.ts";
import { otherServerName } from "../core/server_name.ts";
import type { AppId, SessionId } from "../schema/ids.ts";
import type { Session, SessionError } from "../schema/session.ts";
import type { Broker, LiveSession } from "./ports.ts";
import { questionFor } from "./question_for.ts";
import { tellRules } from "./session_use.ts";

/**
 * Decides every open session again, or those of one app, and closes what is no longer allowed, with the reason.
 *
 * @returns The sessions that were closed.
 */
export function reviewSessions(broker: Broker, appId?: AppId): SessionId[] {
  const closed: SessionId[] = [];
  for (const live of [...broker.sessions.list()]) {
    if (appId !== undefined && live.session.appId !== appId) continue;
    if (!reviewSession(broker, live)) closed.push(live.session.id);
  }
  return closed;
}

/** Decides one session again; closes it and answers false when it is no longer allowed. */
export function reviewSession(broker: Broker, live: LiveSession): boolean {
  const { session } = live;
  const { appId, capability, target, addresses, secureTransport, tls } = session;
  const serverName = tls && otherServerName(target, tls.serverName);
  // What a listener has accepted stands under the listener's own permission, once-only ones included.
  const sessionId = session.listenerId ?? session.id;
  const transport = { secureTransport, serverName };
  const subject = { appId, capability, target, addresses, ...transport, sessionId };
  const decision = decide(questionFor(broker, subject));
  if (decision.effect === "allow") {
    const before = session.ruleIds;
    session.ruleIds = decision.ruleIds;
    // It adds what allows the rest.
    live.review?.();
    tellRules(broker, session, before);
    return true;
  }
  live.close(
    permissionEnded(
      session,
      decision.effect === "deny" ? decision.message : "Its permission ended.",
    ),
  );
  return false;
}

function permissionEnded(session: Session, why: string): SessionError {
  return {
    code: "permission-ended",
    phase: "policy",
    message: `The permission for ${session.target} ended. ${why}`.slice(0, 500),
  };
}
