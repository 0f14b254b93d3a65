/** The rows of the connections page: what is open, and for a while what was closed, with the reason. @module */
import type { SessionView } from "../broker/schema/dashboard.ts";

/** How long a closed row stays. */
export const closedRowMs = 60_000;

/** What is open, and what was closed less than a minute ago, each in its place. */
export function shownRows(sessions: readonly SessionView[], nowMs: number): SessionView[] {
  return sessions.filter(({ closedAtMs }) =>
    closedAtMs === null || nowMs - closedAtMs < closedRowMs
  );
}

/** Whether a session is open. */
export function isOpen(session: Pick<SessionView, "closedAtMs">): boolean {
  return session.closedAtMs === null;
}
