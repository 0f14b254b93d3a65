/** Revoking: permissions end, and what they alone allowed is closed at once. @module */
import type { RevokeResult } from "../schema/dashboard.ts";
import type { GrantId, SessionId } from "../schema/ids.ts";
import { ActionError } from "./action_error.ts";
import { grantEnding } from "./grant_ending.ts";
import type { Broker } from "./ports.ts";
import { transact } from "./transact.ts";

/** The store takes 1,000 changes in one commit; each grant is a removal and a line of history. */
export const maxRevokedAtOnce = 400;

/**
 * Takes grants back, all or none. The review that follows every change closes the sessions that nothing else allows.
 *
 * @returns The grants that were there to revoke, and the sessions that were closed.
 * @throws ActionError `not-found` when none of them is there, `invalid-body` for more than 400 at once.
 */
export async function revokeGrants(broker: Broker, ids: readonly GrantId[]): Promise<RevokeResult> {
  if (ids.length > maxRevokedAtOnce) {
    const detail = `Revoke at most ${maxRevokedAtOnce} permissions at once.`;
    throw new ActionError("invalid-body", detail, { errors: [{ pointer: "/ids", detail }] });
  }
  const openBefore = openSessions(broker);
  const revoked = await transact(broker, () => {
    const found = [...new Set(ids)].flatMap((id) => broker.store.get("grant", id) ?? []);
    if (found.length === 0) {
      throw new ActionError("not-found", "There is no such permission; it may have ended.");
    }
    return {
      batch: {
        checks: found.map(({ record, version }) => ({
          noun: "grant" as const,
          id: record.id,
          version,
        })),
        removals: found.map(({ record }) => ({ noun: "grant" as const, id: record.id })),
        history: found.map(({ record }) => grantEnding(broker, record, "grant-revoked")),
      },
      result: found.map(({ record }) => record.id),
    };
  });
  const stillOpen = openSessions(broker);
  return { revoked, closedSessions: [...openBefore].filter((id) => !stillOpen.has(id)) };
}

function openSessions(broker: Broker): Set<SessionId> {
  return new Set([...broker.sessions.list()].map(({ session }) => session.id));
}
