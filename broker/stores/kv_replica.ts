/** What one process knows of a Deno KV store: a whole copy of its records, and the head that the copy was made from. @module */
import type { Clock, Put, Removal } from "../actions/ports.ts";
import type { HistoryEntry } from "../schema/history.ts";
import { readHistoryRun } from "./kv_history.ts";
import { type LoadedRecords, loadRecords, type Unreadable } from "./load_records.ts";
import { RecordCache, type RecordChange } from "./record_cache.ts";
import { readHead, type VersionedHead } from "./store_head.ts";

/** How often the store is read again because another process wrote to it meanwhile. */
const maxAttempts = 8;

/** What another process has changed. */
export interface RemoteChange extends RecordChange {
  readonly history: readonly HistoryEntry[];
}

/** A whole copy of a store's records. */
export class KvReplica {
  /** The records themselves. */
  readonly cache: RecordCache;
  readonly #kv: Deno.Kv;
  #known: VersionedHead;
  #unreadable: readonly Unreadable[] = [];
  #strays: readonly string[] = [];

  /**
   * Reads a whole store.
   *
   * @throws StoreDamagedError when the head is damaged or missing; what Deno KV throws, when its file is.
   */
  static async load(kv: Deno.Kv, clock: Clock): Promise<KvReplica> {
    const { known, records } = await readSettled(kv, null);
    const replica = new KvReplica(kv, clock, known);
    if (records) replica.#replace(records);
    return replica;
  }

  private constructor(kv: Deno.Kv, clock: Clock, known: VersionedHead) {
    this.#kv = kv;
    this.#known = known;
    this.cache = new RecordCache(clock);
  }

  /** The head that the copy was made from. */
  get known(): VersionedHead {
    return this.#known;
  }

  /** The records that are there but can't be read. */
  get unreadable(): readonly Unreadable[] {
    return this.#unreadable;
  }

  /** What could not be read, each as a sentence. */
  get damage(): readonly string[] {
    return [...this.#strays, ...this.#unreadable.map(({ message }) => message)];
  }

  /** Takes over what this process has committed; `known` is the head after it. */
  adopt(
    known: VersionedHead & { readonly version: string },
    puts: readonly Put[],
    removals: readonly Removal[],
  ): RecordChange {
    this.#known = known;
    const written = [...puts, ...removals];
    this.#unreadable = this.#unreadable.filter((one) => {
      return !written.some(({ noun, id }) => noun === one.noun && id === one.id);
    });
    return this.cache.apply(puts, removals, known.version);
  }

  /** Takes over a head that differs in the history alone. */
  adoptHead(known: VersionedHead): void {
    this.#known = known;
  }

  /** Reads what other processes have written since; null when they have written nothing. */
  async refresh(): Promise<RemoteChange | null> {
    const before = this.#known;
    const { known, records } = await readSettled(this.#kv, before);
    if (known.version === before.version) return null;
    const history = await readHistoryRun(this.#kv, before.head.last.seq, known.head.last.seq);
    this.#known = known;
    return { ...(records ? this.#replace(records) : { puts: [], removed: [] }), history };
  }

  #replace(records: LoadedRecords): RecordChange {
    this.#unreadable = records.unreadable;
    this.#strays = records.strays;
    return this.cache.replace(records.readable);
  }
}

/**
 * Reads the head, and the records unless `before` had the same revision of them. Records that change while they are read
 * may be of two revisions, so they are read again until the revision stands still; if it does not, they are taken as they
 * are. Each is then as some commit left it, no commit can be made on them, as the head has moved on, and what moved the
 * head has them read again.
 */
async function readSettled(
  kv: Deno.Kv,
  before: VersionedHead | null,
): Promise<{ known: VersionedHead; records: LoadedRecords | null }> {
  for (let attempt = 1;; attempt++) {
    const known = await readHead(kv);
    if (known.head.revision === before?.head.revision) return { known, records: null };
    const records = await loadRecords(kv);
    if (attempt === maxAttempts) return { known, records };
    const after = await readHead(kv);
    if (after.head.revision === known.head.revision) return { known, records };
  }
}
