/** Undo of many revocations at once: each by the newest entry of the history that tells of its end. @module */
import { restorableGrant, useAtEnd } from "../core/restorable_grant.ts";
import type { RestoreResult } from "../schema/admin_api.ts";
import type { BudgetUse } from "../schema/budget.ts";
import type { Grant } from "../schema/grant.ts";
import type { GrantId } from "../schema/ids.ts";
import { ActionError } from "./action_error.ts";
import type { Batch, Broker } from "./ports.ts";
import { restoring } from "./restore_grant.ts";
import { transact } from "./transact.ts";

// The store takes 1,000 changes in one commit; each grant is a record, its use, and a line of history, and may have another
// one in its place, which is one record and one line more.
const maxAtOnce = 180;

/**
 * Grants again what was revoked. What can't be brought back is told, and keeps none of the others back.
 *
 * @throws ActionError `not-found` when none of them can be.
 */
export async function restoreGrants(
  broker: Broker,
  ids: readonly GrantId[],
): Promise<RestoreResult> {
  const ended = await Promise.all([...new Set(ids)].map((id) => endedGrant(broker, id)));
  const result: RestoreResult = { restored: [], failed: [] };
  for (let from = 0; from < ended.length; from += maxAtOnce) {
    const part = await restoreTogether(broker, ended.slice(from, from + maxAtOnce));
    result.restored.push(...part.restored);
    result.failed.push(...part.failed);
  }
  const [first] = result.failed;
  if (result.restored.length === 0 && first) throw new ActionError("not-found", first.detail);
  return result;
}

interface Ended {
  readonly id: GrantId;
  readonly grant: Grant | undefined;
  /** What was used of its budget; null where that is not known. */
  readonly use: BudgetUse | null;
}

async function endedGrant({ store, clock }: Broker, id: GrantId): Promise<Ended> {
  const kinds = ["grant-revoked", "grant-expired"] as const;
  const [entry] = await store.history({ grantId: id, kinds, limit: 1 });
  return {
    id,
    grant: entry && restorableGrant(entry, clock.nowMs()),
    use: entry ? useAtEnd(entry) : null,
  };
}

function restoreTogether(broker: Broker, ended: readonly Ended[]): Promise<RestoreResult> {
  return transact<RestoreResult>(broker, () => {
    const result: RestoreResult = { restored: [], failed: [] };
    const batches: Batch[] = [];
    for (const { id, grant, use } of ended) {
      try {
        if (broker.store.get("grant", id)) result.restored.push(id);
        else if (!grant) throw new ActionError("not-found", "This can't be undone any more.");
        else {
          batches.push(restoring(broker, grant, use));
          result.restored.push(id);
        }
      } catch (fault) {
        if (!(fault instanceof ActionError)) throw fault;
        result.failed.push({ id, detail: fault.detail });
      }
    }
    return { batch: batches.length === 0 ? null : allOf(batches), result };
  });
}

/** Batches as one. */
function allOf(batches: readonly Batch[]): Batch {
  return {
    checks: batches.flatMap(({ checks = [] }) => checks),
    removals: batches.flatMap(({ removals = [] }) => removals),
    puts: batches.flatMap(({ puts = [] }) => puts),
    history: batches.flatMap(({ history = [] }) => history),
  };
}
