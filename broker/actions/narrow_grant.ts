/** Narrowing: a grant is never edited, so a narrower one takes its place, in one commit. @module */
import { coversCapabilityTarget, parseCapabilityTarget } from "../core/capability_target.ts";
import type { NarrowResult } from "../schema/admin_api.ts";
import type { Grant } from "../schema/grant.ts";
import type { GrantId } from "../schema/ids.ts";
import { ActionError } from "./action_error.ts";
import { grantEnding } from "./grant_ending.ts";
import { grantView } from "./grant_view.ts";
import { grantedSpaces } from "./granted_spaces.ts";
import { historyDraft } from "./history_draft.ts";
import { movedUse } from "./moved_use.ts";
import type { Broker } from "./ports.ts";
import { transact } from "./transact.ts";

/**
 * Revokes a grant and grants part of what it covered, until the same end. What only the rest allowed is closed by the
 * review that follows every change. Undoing the revocation brings the old grant back.
 *
 * @throws ActionError `not-found` when the grant is gone, `target-widened` when the target is not within its own,
 * `invalid-body` when the target can't be read.
 */
export async function narrowGrant(
  broker: Broker,
  id: GrantId,
  target: string,
): Promise<NarrowResult> {
  const openBefore = new Set([...broker.sessions.list()].map(({ session }) => session.id));
  const grant = await transact(broker, () => {
    const stored = broker.store.get("grant", id);
    if (!stored) {
      throw new ActionError("not-found", "There is no such permission; it may have ended.");
    }
    const wide = stored.record;
    const narrow: Grant = {
      ...wide,
      id: broker.secrets.newId("grant"),
      target: narrowedTarget(wide, target),
      createdAtMs: broker.clock.nowMs(),
      requestId: null,
      replaces: id,
    };
    narrow.spaces = grantedSpaces(broker, narrow.capability, narrow.target)
      .filter((space) => wide.spaces.includes(space));
    return {
      batch: {
        checks: [
          { noun: "grant", id, version: stored.version },
          { noun: "grant", id: narrow.id, version: null },
        ],
        removals: [{ noun: "grant", id }],
        puts: [
          { noun: "grant", id: narrow.id, record: narrow },
          ...(narrow.budget ? movedUse(broker, id, narrow.id) : []),
        ],
        history: [
          grantEnding(broker, wide, "grant-revoked", `Narrowed to ${narrow.target}.`),
          historyDraft(broker, "grant-created", "person", {
            app: broker.store.get("app", narrow.appId)?.record,
            capability: narrow.capability,
            target: narrow.target,
            message: `Narrowed ${wide.target} to ${narrow.target}.`,
            detail: { grant: narrow },
          }),
        ],
      },
      result: narrow,
    };
  });
  const closedSessions = [...openBefore].filter((open) => !broker.sessions.get(open));
  return { revoked: id, grant: grantView(broker, grant), closedSessions };
}

function narrowedTarget({ capability, target: wide }: Grant, text: string): string {
  let narrow;
  try {
    narrow = parseCapabilityTarget(capability, text);
  } catch (fault) {
    const detail = fault instanceof Error ? fault.message : "This is no target.";
    throw new ActionError("invalid-body", detail, { errors: [{ pointer: "/target", detail }] });
  }
  if (coversCapabilityTarget(parseCapabilityTarget(capability, wide), narrow)) return narrow.text;
  const detail = `Narrowing never widens. Stay within ${wide}.`;
  throw new ActionError("target-widened", detail, { errors: [{ pointer: "/target", detail }] });
}
