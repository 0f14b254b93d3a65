/** Undo of a revocation: the permission comes back; sockets that it closed do not. @module */
import { Grant } from "../schema/grant.ts";
import { ActionError } from "./action_error.ts";
import { historyDraft } from "./history_draft.ts";
import type { Broker } from "./ports.ts";
import { transact } from "./transact.ts";

/**
 * Grants again what a history entry says was revoked, for what is left of its time.
 *
 * @param seq The entry's sequence number.
 * @throws ActionError `not-found` when there is no such entry, it is not a revocation, or the app is gone;
 * `duration-not-allowed` when its time has run out.
 */
export async function restoreGrant(broker: Broker, seq: number): Promise<Grant> {
  const [entry] = await broker.store.history({ beforeSeq: seq + 1, limit: 1 });
  const revoked = entry?.seq === seq && entry.kind === "grant-revoked"
    ? Grant.safeParse(entry.detail["grant"]).data
    : undefined;
  if (!revoked) throw new ActionError("not-found", "There is no revocation with this number.");
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
        puts: [{ noun: "grant", id: revoked.id, record: revoked }],
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
