/** Keeping the history of a Deno KV store within its bounds. @module */
import type { ChainLink } from "./history_chain.ts";
import { firstSeqByCount, isTooOld, type Retention } from "./history_retention.ts";
import { headKey, historyPrefix } from "./keys.ts";
import { readEntry } from "./kv_history.ts";
import type { VersionedHead } from "./store_head.ts";
import { encodeJson } from "./stored_value.ts";

/** How many entries are trimmed in one commit. */
const trimBatchSize = 500;

/** What a trimming has done. */
export interface Trimming {
  /** The head after it: the one before it, when nothing was due. */
  readonly known: VersionedHead;
  /** When the oldest entry that is left was written; null when that is not known, as more may be due. */
  readonly firstAtMs: number | null;
}

/**
 * Removes the oldest entries that are past the bounds, at most `trimBatchSize` of them; never the newest entry, which is
 * the end of the chain. The last one removed stays in the head as the chain's anchor.
 *
 * @returns null, and nothing is removed, when the head is not `known` any more.
 */
export async function trimHistory(
  kv: Deno.Kv,
  known: VersionedHead,
  { retention, nowMs }: { retention: Retention; nowMs: number },
): Promise<Trimming | null> {
  const { head, version } = known;
  const minSeq = firstSeqByCount(head.last.seq, retention);
  const passed: Deno.KvKey[] = [];
  let due: readonly Deno.KvKey[] = [];
  let anchor: ChainLink = head.anchor;
  let firstAtMs: number | null = null;
  const stored = kv.list({ prefix: historyPrefix }, {
    limit: trimBatchSize,
    batchSize: trimBatchSize,
  });
  for await (const { key, value } of stored) {
    passed.push(key);
    const reading = readEntry(value);
    // An unreadable entry goes with the next readable one that is due: only that one has a hash to go on from.
    if ("fault" in reading) continue;
    const { seq, hash, atMs } = reading.entry;
    if (seq === head.last.seq || !(seq < minSeq || isTooOld(atMs, nowMs, retention))) {
      firstAtMs = atMs;
      break;
    }
    due = [...passed];
    anchor = { seq, hash };
  }
  if (due.length === 0) return { known, firstAtMs };
  const trimmed = { ...head, anchor };
  const atomic = kv.atomic().check({ key: headKey, versionstamp: version });
  for (const key of due) atomic.delete(key);
  const result = await atomic.set(headKey, encodeJson(trimmed)).commit();
  return result.ok ? { known: { head: trimmed, version: result.versionstamp }, firstAtMs } : null;
}
