/** The store's twin in memory: the same contract, for tests, and gone with the process. @module */
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
import { type HistoryFacts, historyFacts, matchesHistory } from "../core/history_match.ts";
import type { HistoryEntry } from "../schema/history.ts";
import type { AppId } from "../schema/ids.ts";
import { chainStart, nextEntry } from "./history_chain.ts";
import {
  defaultRetention,
  firstSeqByCount,
  isTooOld,
  type Retention,
} from "./history_retention.ts";
import { Listeners } from "./listeners.ts";
import { prepareBatch, type PreparedBatch } from "./prepared_batch.ts";
import { RecordCache } from "./record_cache.ts";
import { deepFreeze } from "./record_form.ts";

/** The `Store` port in memory. */
export class MemoryStore implements Store {
  /** What is wrong with the store; a test may write into it. */
  readonly damage: string[] = [];
  /** Set, every commit fails with this sentence, as on a full disk; null, commits go through. */
  unavailableBecause: string | null = null;

  readonly #clock: Clock;
  readonly retention: Retention;
  readonly #cache: RecordCache;
  readonly #listeners = new Listeners<StoreChange>();
  #history: HistoryEntry[] = [];
  readonly #facts = new WeakMap<HistoryEntry, HistoryFacts>();
  #commits = 0;
  #queue: Promise<void> = Promise.resolve();

  /** @param options The clock, and how much history is kept (`defaultRetention` unless told). */
  constructor({ clock, retention = defaultRetention }: { clock: Clock; retention?: Retention }) {
    this.#clock = clock;
    this.retention = retention;
    this.#cache = new RecordCache(clock);
  }

  /** The record with this id, or undefined. */
  get<N extends Noun>(noun: N, id: string): Stored<N> | undefined {
    return this.#cache.get(noun, id);
  }

  /** Every record of a noun, in no given order. */
  list<N extends Noun>(noun: N): Records[N][] {
    return this.#cache.list(noun);
  }

  /** The grants of one app, indexed for `decide()`. */
  grantsOf(appId: AppId): GrantIndex {
    return this.#cache.grantsOf(appId);
  }

  /**
   * Makes one change, after those that were asked for before it. Throws `BatchRefusedError`, and `StoreUnavailableError`
   * while `unavailableBecause` is set.
   */
  async commit(batch: Batch): Promise<{ committed: boolean }> {
    const prepared = prepareBatch(batch);
    const result = this.#queue.then(() => this.#commit(prepared));
    this.#queue = result.then(() => {}, () => {});
    return await result;
  }

  #commit(batch: PreparedBatch): { committed: boolean } {
    if (this.unavailableBecause !== null) throw new StoreUnavailableError(this.unavailableBecause);
    if (!batch.checks.every((check) => this.#cache.holds(check))) return { committed: false };
    const history = batch.history.map((draft) => {
      const entry = deepFreeze(nextEntry(this.#history.at(-1) ?? chainStart, draft));
      this.#history.push(entry);
      return entry;
    });
    this.#trim();
    const version = String(++this.#commits).padStart(20, "0");
    const puts = batch.puts.map(({ put }) => put);
    const change = this.#cache.apply(puts, batch.removals, version);
    this.#listeners.notify({ origin: "local", ...change, history });
    return { committed: true };
  }

  #trim(): void {
    const last = this.#history.at(-1);
    if (!last) return;
    const minSeq = firstSeqByCount(last.seq, this.retention);
    const nowMs = this.#clock.nowMs();
    this.#history = this.#history.filter((entry) => {
      return entry === last ||
        (entry.seq >= minSeq && !isTooOld(entry.atMs, nowMs, this.retention));
    });
  }

  /** History entries, newest first. */
  history({ beforeSeq = Infinity, limit, ...match }: HistoryFilter): Promise<HistoryEntry[]> {
    const found: HistoryEntry[] = [];
    for (let n = this.#history.length - 1; n >= 0 && found.length < limit; n--) {
      const entry = this.#history[n];
      if (entry && entry.seq < beforeSeq && matchesHistory(this.#factsOf(entry), match)) {
        found.push(entry);
      }
    }
    return Promise.resolve(found);
  }

  #factsOf(entry: HistoryEntry): HistoryFacts {
    const known = this.#facts.get(entry) ?? historyFacts(entry);
    this.#facts.set(entry, known);
    return known;
  }

  /** Calls `listener` after every change, before `commit()` resolves; the returned function ends that. */
  subscribe(listener: (change: StoreChange) => void): () => void {
    return this.#listeners.add(listener);
  }
}
