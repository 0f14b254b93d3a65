/** What can be looked for in the history, in memory: 100,000 entries are searched without reading one from disk. @module */
import { type HistoryFacts, historyFacts, matchesHistory } from "../core/history_match.ts";
import type { HistoryFilter } from "../actions/ports.ts";
import type { HistoryEntry } from "../schema/history.ts";
import type { AppId } from "../schema/ids.ts";

/** The facts of every entry that is kept, by sequence number. */
export class HistoryIndex {
  /** Ascending by `seq`; the first `#dropped` are no longer kept. */
  #facts: HistoryFacts[] = [];
  #dropped = 0;
  /** Each id once: entries read from disk bring a text of their own each. */
  readonly #appIds = new Map<AppId, AppId>();

  /** Takes in an entry; one that is not after the last does nothing, for it is known. */
  add(entry: HistoryEntry): void {
    if (entry.seq <= (this.#facts.at(-1)?.seq ?? 0)) return;
    const facts = historyFacts(entry);
    this.#facts.push({ ...facts, appId: facts.appId && this.#once(facts.appId) });
  }

  /** Forgets the entries up to this one. */
  dropThrough(seq: number): void {
    while ((this.#facts[this.#dropped]?.seq ?? Infinity) <= seq) this.#dropped++;
    // Moved together only now and then: trimming takes few at a time.
    if (this.#dropped * 2 <= this.#facts.length) return;
    this.#facts = this.#facts.slice(this.#dropped);
    this.#dropped = 0;
  }

  /** The sequence numbers of what fits, newest first. */
  find({ beforeSeq = Infinity, limit, ...match }: HistoryFilter): number[] {
    const found: number[] = [];
    for (let n = this.#countBefore(beforeSeq) - 1; n >= this.#dropped; n--) {
      if (found.length >= limit) break;
      const facts = this.#facts[n];
      if (facts !== undefined && matchesHistory(facts, match)) found.push(facts.seq);
    }
    return found;
  }

  /** How many of the facts have a smaller number. */
  #countBefore(seq: number): number {
    let low = this.#dropped;
    let high = this.#facts.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#facts[middle]?.seq ?? Infinity) < seq) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #once(appId: AppId): AppId {
    const known = this.#appIds.get(appId);
    if (known !== undefined) return known;
    this.#appIds.set(appId, appId);
    return appId;
  }
}
