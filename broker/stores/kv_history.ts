/** Reading the history of a Deno KV store. @module */
import { HistoryEntry } from "../schema/history.ts";
import { historyKey } from "./keys.ts";
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

/** Deno KV reads so many keys at once. */
const keysAtOnce = 10;

/** The entries with these numbers, in this order; those that are gone meanwhile or can't be read are left out. */
export async function readHistory(
  kv: Deno.Kv,
  seqs: readonly number[],
): Promise<HistoryEntry[]> {
  const reads: Promise<Deno.KvEntryMaybe<unknown>[]>[] = [];
  for (let from = 0; from < seqs.length; from += keysAtOnce) {
    reads.push(kv.getMany<unknown[]>(seqs.slice(from, from + keysAtOnce).map(historyKey)));
  }
  return (await Promise.all(reads)).flat().flatMap(({ value }) => {
    const reading = readEntry(value);
    return "entry" in reading ? [reading.entry] : [];
  });
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
