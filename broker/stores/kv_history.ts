/** Reading the history of a Deno KV store. @module */
import type { HistoryFilter } from "../actions/ports.ts";
import { HistoryEntry } from "../schema/history.ts";
import { historyKey, historyPrefix } from "./keys.ts";
import { readBatchSize } from "./load_records.ts";
import { deepFreeze, faultOf } from "./record_form.ts";
import { decodeJson } from "./stored_value.ts";

/** A history entry that was read, or why it can't be. */
export type EntryReading = { readonly entry: HistoryEntry } | { readonly fault: string };

/** Reads a history entry from a value of unknown form. */
export function readEntry(value: unknown): EntryReading {
  const decoded = decodeJson(value);
  if ("fault" in decoded) return decoded;
  const result = HistoryEntry.safeParse(decoded.value);
  return result.success ? { entry: deepFreeze(result.data) } : { fault: faultOf(result.error) };
}

/** Entries that fit the filter, newest first; those that can't be read are left out. */
export async function readHistory(
  kv: Deno.Kv,
  { beforeSeq, appId, limit }: HistoryFilter,
): Promise<HistoryEntry[]> {
  const found: HistoryEntry[] = [];
  if (limit < 1) return found;
  const stored = kv.list(
    { prefix: historyPrefix, ...(beforeSeq === undefined ? {} : { end: historyKey(beforeSeq) }) },
    {
      reverse: true,
      batchSize: Math.min(readBatchSize, appId === undefined ? limit : readBatchSize),
    },
  );
  for await (const { value } of stored) {
    const reading = readEntry(value);
    if ("fault" in reading) continue;
    if (appId !== undefined && reading.entry.appId !== appId) continue;
    found.push(reading.entry);
    if (found.length === limit) break;
  }
  return found;
}

/** The entries after `afterSeq` up to `lastSeq`, oldest first; those that can't be read are left out. */
export async function readHistoryRun(
  kv: Deno.Kv,
  afterSeq: number,
  lastSeq: number,
): Promise<HistoryEntry[]> {
  const found: HistoryEntry[] = [];
  if (lastSeq <= afterSeq) return found;
  const stored = kv.list({ start: historyKey(afterSeq + 1), end: historyKey(lastSeq + 1) });
  for await (const { value } of stored) {
    const reading = readEntry(value);
    if ("entry" in reading) found.push(reading.entry);
  }
  return found;
}
