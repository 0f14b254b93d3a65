/** One atomic commit to Deno KV. @module */
import type { HistoryEntry } from "../schema/history.ts";
import { nextEntry } from "./history_chain.ts";
import { headKey, historyKey, recordKey, unreadableKey } from "./keys.ts";
import type { Unreadable } from "./load_records.ts";
import type { PreparedBatch } from "./prepared_batch.ts";
import { dropsAtMs } from "./record_cache.ts";
import { deepFreeze } from "./record_form.ts";
import type { VersionedHead } from "./store_head.ts";
import { encodeJson } from "./stored_value.ts";

/** What a commit has written. */
export interface Committed {
  /** The head after it; its version is that of every record it wrote. */
  readonly known: VersionedHead & { readonly version: string };
  readonly history: readonly HistoryEntry[];
}

/**
 * Writes batches as one commit: all of them or none, durable when it resolves. An unreadable record that something else
 * takes the place of is set aside, never lost.
 *
 * @param known The head that the batches were decided on.
 * @returns null, and nothing is written, when the head is not that one any more.
 */
export async function commitBatches(
  kv: Deno.Kv,
  known: VersionedHead,
  batches: readonly PreparedBatch[],
  { unreadable, nowMs }: { unreadable: readonly Unreadable[]; nowMs: number },
): Promise<Committed | null> {
  const atomic = kv.atomic().check({ key: headKey, versionstamp: known.version });
  const setAside = (noun: string, id: string) => {
    const found = unreadable.find((one) => one.noun === noun && one.id === id);
    if (found) atomic.set(unreadableKey(found.noun, id, found.version), found.value);
  };

  let { last, revision } = known.head;
  const history: HistoryEntry[] = [];
  for (const batch of batches) {
    for (const { put, bytes } of batch.puts) {
      setAside(put.noun, put.id);
      const dropsAt = dropsAtMs(put);
      atomic.set(
        recordKey(put.noun, put.id),
        bytes,
        dropsAt === null ? {} : { expireIn: Math.max(1, dropsAt - nowMs) },
      );
    }
    for (const { noun, id } of batch.removals) {
      setAside(noun, id);
      atomic.delete(recordKey(noun, id));
    }
    if (batch.puts.length + batch.removals.length > 0) revision++;
    for (const draft of batch.history) {
      const entry = deepFreeze(nextEntry(last, draft));
      atomic.set(historyKey(entry.seq), encodeJson(entry));
      history.push(entry);
      last = { seq: entry.seq, hash: entry.hash };
    }
  }

  const head = { ...known.head, revision, last };
  atomic.set(headKey, encodeJson(head));
  const result = await atomic.commit();
  return result.ok ? { known: { head, version: result.versionstamp }, history } : null;
}
