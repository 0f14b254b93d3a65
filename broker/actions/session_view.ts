/** A session as the dashboard lists it. @module */
import type { SessionView } from "../schema/dashboard.ts";
import type { Session } from "../schema/session.ts";
import { countSessions, grantView, type SessionCounts } from "./grant_view.ts";
import type { Broker } from "./ports.ts";

/** The view of a session: its figures now, its app's name, and the grants that allow it. */
export function sessionView(
  broker: Broker,
  session: Session,
  counts: SessionCounts = countSessions(broker),
): SessionView {
  const grants = session.ruleIds.flatMap((id) => broker.store.get("grant", id)?.record ?? []);
  return {
    ...session,
    appName: broker.store.get("app", session.appId)?.record.claims.name ?? "",
    grants: grants.map((grant) => grantView(broker, grant, counts)),
  };
}
