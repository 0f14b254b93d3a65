/** Undo of a permission's end: the permission comes back; sockets that it closed do not. @module */
import { restorableGrant, useAtEnd } from "../core/restorable_grant.ts";
import type { BudgetUse } from "../schema/budget.ts";
import type { Grant } from "../schema/grant.ts";
import type { GrantUse } from "../schema/grant_use.ts";
import type { GrantId } from "../schema/ids.ts";
import { ActionError } from "./action_error.ts";
import { budgetMeter } from "./budget_meter.ts";
import { grantEnding } from "./grant_ending.ts";
import { historyDraft } from "./history_draft.ts";
import type { Batch, Broker } from "./ports.ts";
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
  const revoked = entry?.seq === seq ? restorableGrant(entry, broker.clock.nowMs()) : undefined;
  if (!revoked) throw new ActionError("not-found", "Nothing with this number can be undone.");
  return await transact(broker, () => {
    const known = broker.store.get("grant", revoked.id);
    if (known) return { batch: null, result: known.record };
    return { batch: restoring(broker, revoked, entry && useAtEnd(entry)), result: revoked };
  });
}

/**
 * What brings a grant back that is gone. What has taken its place goes in the same commit, and what was used of that stays
 * used.
 *
 * @param usedBefore What was used of it when it ended; null where that is not known.
 * @throws ActionError `not-found` when its app is gone, `duration-not-allowed` when its time has run out.
 */
export function restoring(
  broker: Broker,
  revoked: Grant,
  usedBefore: BudgetUse | null = null,
): Batch {
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
  const instead = broker.store.grantsOf(revoked.appId).all
    .find(({ replaces }) => replaces === revoked.id);
  const version = instead && broker.store.get("grant", instead.id)?.version;
  return {
    checks: [
      { noun: "grant", id: revoked.id, version: null },
      ...(instead && version ? [{ noun: "grant", id: instead.id, version } as const] : []),
    ],
    removals: instead ? [{ noun: "grant", id: instead.id }] : [],
    puts: [
      { noun: "grant", id: revoked.id, record: revoked },
      {
        noun: "grantUse",
        id: revoked.id,
        record: usedNow(broker, revoked.id, usedBefore, instead),
      },
    ],
    history: [
      ...(instead ? [grantEnding(broker, instead, "grant-revoked", "Undone.")] : []),
      historyDraft(broker, "grant-created", "person", {
        app,
        capability: revoked.capability,
        target: revoked.target,
        message: `Undone: ${
          revoked.effect === "allow" ? "Allow" : "Deny"
        } ${revoked.target} holds again.`,
        detail: { grant: revoked },
      }),
    ],
  };
}

/** The most that is known of it: the record is behind, and gone with the grant before long. */
function usedNow(
  broker: Broker,
  id: GrantId,
  usedBefore: BudgetUse | null,
  instead: Grant | undefined,
): GrantUse {
  const { useCount = 0, bytes = 0, targets } = broker.store.get("grantUse", id)?.record ?? {};
  const since = instead && budgetMeter(broker).lasting(instead.id);
  // The open connections of what took its place go on under it, and count with all that they carry.
  const before = instead ? null : usedBefore;
  return {
    v: 1,
    id,
    useCount: Math.max(useCount, before?.connections ?? 0, since?.connections ?? 0),
    lastUsedAtMs: broker.clock.nowMs(),
    bytes: Math.max(bytes, before?.bytes ?? 0, since?.bytes ?? 0),
    ...(targets && { targets }),
  };
}
