/** The head of a store: what has to be read to know whether anything else has changed. @module */
import { z } from "zod";
import { chainStart } from "./history_chain.ts";
import { headKey, historyPrefix, recordPrefix } from "./keys.ts";
import { faultOf } from "./record_form.ts";
import { StoreDamagedError } from "./store_damaged_error.ts";
import { decodeJson } from "./stored_value.ts";

const ChainLink = z.strictObject({
  seq: z.int().min(0),
  hash: z.string().regex(/^[0-9a-f]{64}$/),
});

/** The head as it is stored. `v` is the version of the store's whole layout. */
export const StoreHead = z.strictObject({
  v: z.literal(1),
  /** One more with each commit that writes or removes a record. */
  revision: z.int().min(0),
  /** The place right before the oldest entry that is kept. */
  anchor: ChainLink,
  /** The place of the newest entry. */
  last: ChainLink,
});
/** The head as it is stored. */
export type StoreHead = z.infer<typeof StoreHead>;

/** A head and the version that a commit checks; null when it was never written. */
export interface VersionedHead {
  readonly head: StoreHead;
  readonly version: string | null;
}

const emptyHead: StoreHead = {
  v: 1,
  revision: 0,
  anchor: { ...chainStart },
  last: { ...chainStart },
};

/**
 * Reads the head; that of an empty store, when there is nothing in it at all.
 *
 * @throws StoreDamagedError when the head can't be read, or is missing from a store that is not empty.
 */
export async function readHead(kv: Deno.Kv): Promise<VersionedHead> {
  const { value, versionstamp } = await kv.get(headKey);
  if (versionstamp === null) {
    for (const prefix of [recordPrefix, historyPrefix]) {
      for await (const _ of kv.list({ prefix }, { limit: 1 })) {
        throw new StoreDamagedError("its head is missing, though there are records in it");
      }
    }
    return { head: emptyHead, version: null };
  }
  const decoded = decodeJson(value);
  if ("fault" in decoded) throw new StoreDamagedError(`its head is ${decoded.fault}`);
  const result = StoreHead.safeParse(decoded.value);
  if (!result.success) {
    throw new StoreDamagedError(`its head does not fit: ${faultOf(result.error)}`);
  }
  return { head: result.data, version: versionstamp };
}
