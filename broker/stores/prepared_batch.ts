/** A batch made ready to be written: parsed by the schemas, encoded, and within the limits of one atomic commit. @module */
import type { Batch, Check, Put, Removal } from "../actions/ports.ts";
import { HistoryDraft } from "../schema/history.ts";
import { deepFreeze, faultOf, readRecord, recordName } from "./record_form.ts";
import { encodeJson } from "./stored_value.ts";

/** Deno KV: how many bytes one value may have. */
export const maxValueBytes = 65_536;
/** Deno KV takes 1,000 changes a commit; one is kept for the head. */
export const maxChangesPerBatch = 999;
/** Deno KV takes 800 KiB a commit, keys included; room is kept for those. */
export const maxBytesPerBatch = 700 * 1024;
/** What an entry may add to its draft: version, sequence number and two hashes. */
const entryOverheadBytes = 256;

/** Thrown by `Store.commit()`, before anything is written, for a batch that could never be written. */
export class BatchRefusedError extends Error {
  override name = "BatchRefusedError";
}

/** A batch that can be written as it is. */
export interface PreparedBatch {
  readonly checks: readonly Check[];
  readonly puts: readonly { readonly put: Put; readonly bytes: Uint8Array }[];
  readonly removals: readonly Removal[];
  readonly history: readonly HistoryDraft[];
  /** How many keys it changes, the head apart. */
  readonly changes: number;
  /** How many bytes it writes, keys and head apart. */
  readonly bytes: number;
}

/**
 * Makes a batch ready. Copies what it writes, so that the caller may do with its own records what it likes.
 *
 * @throws BatchRefusedError when a record or an entry does not fit its schema, when a record is named twice, and when the
 *   batch is more than one commit can hold.
 */
export function prepareBatch(batch: Batch): PreparedBatch {
  const puts = (batch.puts ?? []).map(preparePut);
  const history = (batch.history ?? []).map(prepareDraft);
  const removals = (batch.removals ?? []).map(({ noun, id }) => ({ noun, id }));
  const prepared: PreparedBatch = {
    checks: (batch.checks ?? []).map((check) => ({ ...check })),
    puts,
    removals,
    history: history.map(({ draft }) => draft),
    changes: puts.length + removals.length + history.length,
    bytes: puts.reduce((sum, { bytes }) => sum + bytes.length, 0) +
      history.reduce((sum, { maxBytes }) => sum + maxBytes, 0),
  };
  refuseDoubles([...puts.map(({ put }) => put), ...removals]);
  if (prepared.changes > maxChangesPerBatch) {
    throw new BatchRefusedError(
      `A batch of ${prepared.changes} changes is too big: one commit holds ${maxChangesPerBatch}.`,
    );
  }
  if (prepared.bytes > maxBytesPerBatch) {
    throw new BatchRefusedError(
      `A batch of ${prepared.bytes} bytes is too big: one commit holds ${maxBytesPerBatch}.`,
    );
  }
  return prepared;
}

function preparePut({ noun, id, record }: Put): { put: Put; bytes: Uint8Array } {
  const name = recordName(noun, id);
  const reading = readRecord(noun, id, record);
  if ("fault" in reading) {
    throw new BatchRefusedError(`The ${name} could not be read again (${reading.fault}).`);
  }
  const bytes = encodeJson(reading.put.record);
  refuseBig(`The ${name}`, bytes.length);
  return { put: reading.put, bytes };
}

function prepareDraft(unparsed: HistoryDraft): { draft: HistoryDraft; maxBytes: number } {
  const result = HistoryDraft.safeParse(unparsed);
  if (!result.success) {
    throw new BatchRefusedError(
      `The history entry "${unparsed.kind}" could not be read again (${faultOf(result.error)}).`,
    );
  }
  const maxBytes = encodeJson(result.data).length + entryOverheadBytes;
  refuseBig(`The history entry "${unparsed.kind}"`, maxBytes);
  return { draft: deepFreeze(result.data), maxBytes };
}

function refuseBig(what: string, bytes: number): void {
  if (bytes <= maxValueBytes) return;
  throw new BatchRefusedError(`${what} is too big: ${bytes} bytes, of ${maxValueBytes} at most.`);
}

function refuseDoubles(changed: readonly Removal[]): void {
  const seen = new Set<string>();
  for (const { noun, id } of changed) {
    const name = recordName(noun, id);
    if (seen.has(name)) throw new BatchRefusedError(`A batch changes the ${name} twice.`);
    seen.add(name);
  }
}
