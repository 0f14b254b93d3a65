/** The store in Deno KV: a whole copy in memory in front, one atomic commit for each change behind. @module */
import {
  type Batch,
  type Clock,
  type HistoryFilter,
  type Noun,
  type Records,
  type Store,
  type StoreChange,
  type Stored,
  StoreUnavailableError,
} from "../actions/ports.ts";
import type { GrantIndex } from "../core/grant_index.ts";
import type { HistoryEntry } from "../schema/history.ts";
import type { AppId } from "../schema/ids.ts";
import { checkHistory } from "./check_history.ts";
import { GroupQueue } from "./group_queue.ts";
import { defaultRetention, isTrimDue, type Retention } from "./history_retention.ts";
import { type HistoryWitness, WitnessWriter } from "./history_witness.ts";
import type { HistoryIndex } from "./history_index.ts";
import { headKey } from "./keys.ts";
import { commitBatches } from "./kv_commit.ts";
import { readHistory } from "./kv_history.ts";
import { KvReplica } from "./kv_replica.ts";
import { Listeners } from "./listeners.ts";
import {
  maxBytesPerBatch,
  maxChangesPerBatch,
  prepareBatch,
  type PreparedBatch,
} from "./prepared_batch.ts";
import { trimHistory } from "./trim_history.ts";

/** How often something is tried because another process wrote meanwhile. */
const maxAttempts = 64;

/** What a KV store needs besides Deno KV. */
export interface KvStoreOptions {
  /** Tells when ended requests and old history drop out. */
  readonly clock: Clock;
  /** How much history is kept; `defaultRetention` unless told. */
  readonly retention?: Retention;
  /** Where the end of the history is also written down; without one, a loss of its end goes unseen. */
  readonly witness?: HistoryWitness;
}

/** A batch that waits to be committed. */
interface CommitJob {
  readonly batch: PreparedBatch;
  readonly outcome: PromiseWithResolvers<{ committed: boolean }>;
}
/** Something else that has to run between commits. */
interface TaskJob {
  readonly task: () => Promise<void>;
}

/**
 * The `Store` port over Deno KV.
 *
 * Every commit checks the head that the copy was made from, and rewrites it. A commit that goes through has therefore
 * seen the whole store as it was, and conditions on records need asking of the copy alone. One that does not go through
 * reads what was written meanwhile, and is tried again: by another process, or by a commit of this one that went through
 * although its answer was lost. Commits of this process go through one queue, in order.
 */
export class KvStore implements Store {
  readonly #kv: Deno.Kv;
  readonly #clock: Clock;
  readonly retention: Retention;
  readonly #witness: WitnessWriter | null;
  readonly #replica: KvReplica;
  readonly #index: HistoryIndex;
  readonly #listeners = new Listeners<StoreChange>();
  readonly #queue = new GroupQueue<CommitJob | TaskJob>((jobs) => this.#run(jobs), groupLength);
  readonly #heads: ReadableStreamDefaultReader<[Deno.KvEntryMaybe<unknown>]>;
  readonly #following: Promise<void>;
  readonly #damage: string[] = [];
  /** When the oldest kept entry was written; null when that is not known. */
  #firstAtMs: number | null = null;
  #closed = false;

  /**
   * Reads and checks a whole store, which then closes `kv` when it is closed.
   *
   * @throws StoreDamagedError when the head is damaged or missing; what Deno KV throws, when its file is.
   */
  static async load(kv: Deno.Kv, options: KvStoreOptions): Promise<KvStore> {
    const replica = await KvReplica.load(kv, options.clock);
    const witness = await options.witness?.read() ?? null;
    let check = await checkHistory(kv, replica.known.head, witness);
    for (let attempt = 1; attempt < maxAttempts && check.breaks.length > 0; attempt++) {
      // Another process may have trimmed the history while it was read: that is no break.
      if (!await replica.refresh()) break;
      check = await checkHistory(kv, replica.known.head, witness);
    }
    const { breaks, firstAtMs, index } = check;
    const store = new KvStore(kv, replica, index, options);
    store.#damage.push(...breaks.map(({ message }) => message));
    store.#firstAtMs = firstAtMs;
    store.#trimWhenDue();
    return store;
  }

  private constructor(
    kv: Deno.Kv,
    replica: KvReplica,
    index: HistoryIndex,
    options: KvStoreOptions,
  ) {
    this.#kv = kv;
    this.#index = index;
    this.#replica = replica;
    this.#clock = options.clock;
    this.retention = options.retention ?? defaultRetention;
    this.#witness = options.witness ? new WitnessWriter(options.witness, options.clock) : null;
    this.#heads = kv.watch<[unknown]>([headKey]).getReader();
    this.#following = this.#followHead().catch((fault) => {
      this.#damage.push(
        `Changes by other processes on the store are not seen at once any more (${fault}): restart the broker.`,
      );
    });
  }

  /** The record with this id, or undefined. */
  get<N extends Noun>(noun: N, id: string): Stored<N> | undefined {
    return this.#replica.cache.get(noun, id);
  }

  /** Every record of a noun, in no given order. */
  list<N extends Noun>(noun: N): Records[N][] {
    return this.#replica.cache.list(noun);
  }

  /** The grants of one app, indexed for `decide()`. */
  grantsOf(appId: AppId): GrantIndex {
    return this.#replica.cache.grantsOf(appId);
  }

  /** History entries, newest first. */
  history(filter: HistoryFilter): Promise<HistoryEntry[]> {
    return readHistory(this.#kv, this.#index.find(filter));
  }

  /** Calls `listener` after every change, before `commit()` resolves; the returned function ends that. */
  subscribe(listener: (change: StoreChange) => void): () => void {
    return this.#listeners.add(listener);
  }

  /** What could not be read, and what is wrong with the history, each as a sentence. */
  get damage(): readonly string[] {
    return [...this.#damage, ...this.#replica.damage];
  }

  /**
   * Makes one change, after those that were asked for before it; it is on disk when this resolves. Batches of history
   * alone that wait together are written together.
   *
   * @throws BatchRefusedError for a batch that could never be written; StoreUnavailableError when the store can't write.
   */
  async commit(batch: Batch): Promise<{ committed: boolean }> {
    const prepared = prepareBatch(batch);
    if (this.#closed) throw new StoreUnavailableError("The store is closed.");
    const outcome = Promise.withResolvers<{ committed: boolean }>();
    this.#queue.push({ batch: prepared, outcome });
    return await outcome.promise;
  }

  /** Finishes the commits that were asked for, and closes Deno KV. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await this.#queue.idle();
    await this.#heads.cancel();
    await this.#following;
    await this.#witness?.flush();
    this.#kv.close();
  }

  async #run(jobs: readonly (CommitJob | TaskJob)[]): Promise<void> {
    const commits: CommitJob[] = [];
    try {
      for (const job of jobs) {
        if ("task" in job) await job.task();
        else commits.push(job);
      }
      if (commits.length > 0) await this.#commit(commits);
    } catch (fault) {
      const error = fault instanceof StoreUnavailableError ? fault : new StoreUnavailableError(
        `The store can't write (${fault instanceof Error ? fault.message : String(fault)}).`,
        { cause: fault },
      );
      for (const { outcome } of commits) outcome.reject(error);
    }
  }

  async #commit(jobs: readonly CommitJob[]): Promise<void> {
    for (let attempt = 0; attempt < maxAttempts; attempt++) {
      const passing = jobs.filter(({ batch }) => {
        return batch.checks.every((check) => this.#replica.cache.holds(check));
      });
      if (passing.length === 0 || await this.#write(passing.map(({ batch }) => batch))) {
        for (const job of jobs) job.outcome.resolve({ committed: passing.includes(job) });
        return;
      }
      await this.#refresh();
    }
    throw new StoreUnavailableError("Other processes keep writing to the store.");
  }

  /** Whether the batches were written; if not, another process has written first. */
  async #write(batches: readonly PreparedBatch[]): Promise<boolean> {
    const committed = await commitBatches(this.#kv, this.#replica.known, batches, {
      unreadable: this.#replica.unreadable,
      nowMs: this.#clock.nowMs(),
    });
    if (!committed) return false;
    const { known, history } = committed;
    const puts = batches.flatMap((batch) => batch.puts.map(({ put }) => put));
    const change = this.#replica.adopt(known, puts, batches.flatMap((batch) => batch.removals));
    for (const entry of history) this.#index.add(entry);
    const [first] = history;
    if (first) {
      this.#firstAtMs ??= first.atMs;
      this.#witness?.note(known.head.last);
      this.#trimWhenDue();
    }
    this.#listeners.notify({ origin: "local", ...change, history });
    return true;
  }

  async #refresh(): Promise<void> {
    const change = await this.#replica.refresh();
    for (const entry of change?.history ?? []) this.#index.add(entry);
    this.#index.dropThrough(this.#replica.known.head.anchor.seq);
    if (change) this.#listeners.notify({ origin: "remote", ...change });
  }

  /** Reads what other processes write, as they write it. Own commits show too: they are known already by then. */
  async #followHead(): Promise<void> {
    for (;;) {
      const { done, value } = await this.#heads.read();
      if (done) return;
      const [{ versionstamp }] = value;
      if (versionstamp === null) continue;
      const task = async () => {
        if (versionstamp > (this.#replica.known.version ?? "")) await this.#refresh();
      };
      this.#queue.push({ task });
    }
  }

  #trimWhenDue(): void {
    const { anchor, last } = this.#replica.known.head;
    const nowMs = this.#clock.nowMs();
    if (!isTrimDue(last.seq - anchor.seq, this.#firstAtMs, nowMs, this.retention)) return;
    this.#queue.push({ task: () => this.#trim() });
  }

  async #trim(): Promise<void> {
    const before = this.#replica.known;
    const options = { retention: this.retention, nowMs: this.#clock.nowMs() };
    const trimming = await trimHistory(this.#kv, before, options);
    // Another process wrote first: the next commit sees what is due then.
    if (!trimming) return;
    this.#replica.adoptHead(trimming.known);
    this.#index.dropThrough(trimming.known.head.anchor.seq);
    this.#firstAtMs = trimming.firstAtMs;
    if (trimming.known !== before) this.#trimWhenDue();
  }
}

/** How many jobs at the front are commits of history alone that fit one commit together; else 1. */
function groupLength(waiting: readonly (CommitJob | TaskJob)[]): number {
  let length = 0;
  let changes = 0;
  let bytes = 0;
  for (const job of waiting) {
    if ("task" in job || job.batch.changes > job.batch.history.length) break;
    changes += job.batch.changes;
    bytes += job.batch.bytes;
    if (changes > maxChangesPerBatch || bytes > maxBytesPerBatch) break;
    length++;
  }
  return Math.max(1, length);
}
