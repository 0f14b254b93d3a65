/** Undo of a permission's end: the permission comes back; sockets that it closed do not. @module */
import { undoUnusedMs } from "../core/unused_grants.ts";
import { Grant } from "../schema/grant.ts";
import { ActionError } from "./action_error.ts";
import { historyDraft } from "./history_draft.ts";
import type { HistoryEntry } from "../schema/history.ts";
import type { GrantUse } from "../schema/grant_use.ts";
import type { GrantId } from "../schema/ids.ts";
import type { Broker } from "./ports.ts";
import { transact } from "./transact.ts";

/**
 * Grants again what a history entry says was revoked, for what is left of its time, or what it says ended for want of use,
 * for 30 days. Undoing counts as a use, or it would end again at once.
 *
 * @param seq The entry's sequence number.
 * @throws ActionError `not-found` when there is no such entry, nothing in it can be undone, or the app is gone;
 * `duration-not-allowed` when its time has run out.
 */
export async function restoreGrant(broker: Broker, seq: number): Promise<Grant> {
  const [entry] = await broker.store.history({ beforeSeq: seq + 1, limit: 1 });
  const revoked = entry?.seq === seq ? restorable(entry, broker.clock.nowMs()) : undefined;
  if (!revoked) throw new ActionError("not-found", "Nothing with this number can be undone.");
  return await transact(broker, () => {
    const app = broker.store.get("app", revoked.appId)?.record;
    if (app?.state !== "installed") {
      throw new ActionError("not-found", "The app is no longer installed.");
    }
    if (revoked.expiresAtMs !== null && revoked.expiresAtMs <= broker.clock.nowMs()) {
      throw new ActionError(
        "duration-not-allowed",
        "The time of this permission has run out meanwhile.",
      );
    }
    const known = broker.store.get("grant", revoked.id);
    if (known) return { batch: null, result: known.record };
    return {
      batch: {
        checks: [{ noun: "grant", id: revoked.id, version: null }],
        puts: [
          { noun: "grant", id: revoked.id, record: revoked },
          { noun: "grantUse", id: revoked.id, record: usedNow(broker, revoked.id) },
        ],
        history: [historyDraft(broker, "grant-created", "person", {
          app,
          capability: revoked.capability,
          target: revoked.target,
          message: `Undone: ${
            revoked.effect === "allow" ? "Allow" : "Deny"
          } ${revoked.target} holds again.`,
          detail: { grant: revoked },
        })],
      },
      result: revoked,
    };
  });
}

/** The grant whose end an entry tells of, while that can be undone. What time ended is over. */
function restorable({ kind, atMs, detail }: HistoryEntry, nowMs: number): Grant | undefined {
  const grant = Grant.safeParse(detail["grant"]).data;
  if (kind === "grant-revoked") return grant;
  const unused = kind === "grant-expired" && grant?.duration.kind === "always";
  return unused && nowMs - atMs <= undoUnusedMs ? grant : undefined;
}

function usedNow(broker: Broker, id: GrantId): GrantUse {
  const before = broker.store.get("grantUse", id)?.record;
  const lastUsedAtMs = broker.clock.nowMs();
  return { v: 1, id, useCount: before?.useCount ?? 0, lastUsedAtMs, bytes: before?.bytes ?? 0 };
}
