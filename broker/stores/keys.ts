/**
 * Every key in the store.
 *
 * | key | value |
 * |---|---|
 * | `["head"]` | the revision of the records, and both ends of the history: the one key that is watched, and that every commit checks and rewrites |
 * | `["record", noun, id]` | one record |
 * | `["history", seq]` | one history entry; numbers sort by size |
 * | `["unreadable", noun, id, version]` | a record that could not be read, set aside when something else was written in its place |
 *
 * Every value is JSON in bytes: bytes come out of a damaged file as they are, and so tell which record is damaged, where
 * Deno KV's own form would throw for the whole batch that it reads.
 *
 * @module
 */
import type { Noun } from "../actions/ports.ts";

/** The head. */
export const headKey: Deno.KvKey = ["head"];

/** Before every record. */
export const recordPrefix: Deno.KvKey = ["record"];
/** One record. */
export function recordKey(noun: Noun, id: string): Deno.KvKey {
  return ["record", noun, id];
}

/** Before every history entry. */
export const historyPrefix: Deno.KvKey = ["history"];
/** One history entry. */
export function historyKey(seq: number): Deno.KvKey {
  return ["history", seq];
}

/** A record that could not be read, set aside. */
export function unreadableKey(noun: Noun, id: string, version: string): Deno.KvKey {
  return ["unreadable", noun, id, version];
}
