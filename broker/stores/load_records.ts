/** Reading every record of a Deno KV store, the unreadable ones told apart. @module */
import type { Noun } from "../actions/ports.ts";
import { recordPrefix } from "./keys.ts";
import type { Versioned } from "./record_cache.ts";
import { isNoun, readRecord, recordName } from "./record_form.ts";
import { decodeJson } from "./stored_value.ts";

/** A record that is there but can't be read, and so counts as absent. */
export interface Unreadable {
  readonly noun: Noun;
  readonly id: string;
  readonly version: string;
  /** The value as it lies in the store. */
  readonly value: unknown;
  /** What is wrong with it, as a sentence for people. */
  readonly message: string;
}

/** Every record of a store. */
export interface LoadedRecords {
  readonly readable: readonly Versioned[];
  readonly unreadable: readonly Unreadable[];
  /** Sentences about keys that name no record at all. */
  readonly strays: readonly string[];
}

/** How many values are read at a time: as many as Deno KV gives. */
export const readBatchSize = 500;

/** Reads every record. Rejects with what Deno KV throws when the file itself is damaged. */
export async function loadRecords(kv: Deno.Kv): Promise<LoadedRecords> {
  const readable: Versioned[] = [];
  const unreadable: Unreadable[] = [];
  const strays: string[] = [];
  const entries = kv.list({ prefix: recordPrefix }, { batchSize: readBatchSize });
  for await (const { key, value, versionstamp: version } of entries) {
    const [, noun, id] = key;
    if (key.length !== 3 || !isNoun(noun) || typeof id !== "string") {
      strays.push(
        `The store holds something that is no record, under ${JSON.stringify(key.slice(1))}.`,
      );
      continue;
    }
    const decoded = decodeJson(value);
    const reading = "fault" in decoded ? decoded : readRecord(noun, id, decoded.value);
    if ("put" in reading) readable.push({ put: reading.put, version });
    else {
      const message = `The ${
        recordName(noun, id)
      } could not be read (${reading.fault}); it counts as absent.`;
      unreadable.push({ noun, id, version, value, message });
    }
  }
  return { readable, unreadable, strays };
}
