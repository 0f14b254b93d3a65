/** Checking the history of a Deno KV store against its chain, its head and its witness. @module */
import { type ChainBreak, type ChainLink, ChainWalk } from "./history_chain.ts";
import { HistoryIndex } from "./history_index.ts";
import { historyKey, historyPrefix } from "./keys.ts";
import { readEntry } from "./kv_history.ts";
import { readBatchSize } from "./load_records.ts";
import type { StoreHead } from "./store_head.ts";

/** What a check of the whole history found. */
export interface HistoryCheck {
  readonly breaks: readonly ChainBreak[];
  /** When the oldest kept entry was written; null when there is none. */
  readonly firstAtMs: number | null;
  /** What can be looked for in the entries that could be read. */
  readonly index: HistoryIndex;
}

/**
 * Goes through the whole history up to `head.last`, one entry at a time.
 *
 * @param witness A place that is known from elsewhere to have been written, or null.
 */
export async function checkHistory(
  kv: Deno.Kv,
  head: StoreHead,
  witness: ChainLink | null,
): Promise<HistoryCheck> {
  const walk = new ChainWalk(head.anchor);
  const breaks: ChainBreak[] = [];
  const index = new HistoryIndex();
  let firstAtMs: number | null = null;
  const stored = kv.list(
    { prefix: historyPrefix, end: historyKey(head.last.seq + 1) },
    { batchSize: readBatchSize },
  );
  for await (const { key, value } of stored) {
    const seq = Number(key[1]);
    let reading = readEntry(value);
    if ("entry" in reading && reading.entry.seq !== seq) {
      reading = { fault: `it says that it is entry ${reading.entry.seq}` };
    }
    if ("fault" in reading) {
      breaks.push(...walk.stepUnreadable(seq, reading.fault));
      continue;
    }
    const { entry } = reading;
    firstAtMs ??= entry.atMs;
    index.add(entry);
    breaks.push(...walk.step(entry));
    if (witness?.seq === seq && witness.hash !== entry.hash) {
      breaks.push({
        seq,
        message: `History entry ${seq} is not the one that was written first: ` +
          "an older state of the store was put back, and the history went on from there.",
      });
    }
  }
  breaks.push(...walk.end(head.last));
  if (witness && witness.seq > head.last.seq) breaks.push(lostCommits(head.last, witness));
  return { breaks, firstAtMs, index };
}

function lostCommits(last: ChainLink, witness: ChainLink): ChainBreak {
  return {
    seq: last.seq + 1,
    message:
      `The store has lost what was written last: history entries ${
        last.seq + 1
      } to ${witness.seq} ` +
      "are gone, with every change that they tell of. Permissions that were revoked then are back, and those " +
      "that were given are gone: look through them.",
  };
}
