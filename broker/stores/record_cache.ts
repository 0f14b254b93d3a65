/** The records of a store, whole and current in memory, so that a check never waits. @module */
import type { Check, Clock, Noun, Put, Records, Removal, Stored } from "../actions/ports.ts";
import { type GrantIndex, indexGrants } from "../core/grant_index.ts";
import type { Grant } from "../schema/grant.ts";
import type { AppId } from "../schema/ids.ts";
import { nouns } from "./record_form.ts";

/** How long an ended request can still be read, in milliseconds: whoever asked learns its outcome within that time. */
export const endedRequestKeptMs = 24 * 60 * 60 * 1000;

/** When a record drops out of the store by itself; null when it never does. */
export function dropsAtMs({ noun, record }: Put): number | null {
  if (noun !== "request" || record.endedAtMs === null) return null;
  return record.endedAtMs + endedRequestKeptMs;
}

/** A record that was loaded, with its version. */
export interface Versioned {
  readonly put: Put;
  readonly version: string;
}

/** What a change did to the records: those written, as they are now, and those gone, as they last were. */
export interface RecordChange {
  readonly puts: readonly Put[];
  readonly removed: readonly Put[];
}

const noGrants = indexGrants([]);

/** The records of a store in memory. */
export class RecordCache {
  readonly #clock: Clock;
  readonly #byNoun: ReadonlyMap<Noun, Map<string, Versioned>>;
  readonly #grants = new Map<AppId, Map<string, Grant>>();
  readonly #indexes = new Map<AppId, GrantIndex>();
  /** When each ended request drops out, by id; in the order in which they ended. */
  readonly #dropping = new Map<string, number>();

  /** @param clock Tells when ended requests drop out. */
  constructor(clock: Clock) {
    this.#clock = clock;
    this.#byNoun = new Map(nouns.map((noun) => [noun, new Map()]));
  }

  /** The record with this id, or undefined. */
  get<N extends Noun>(noun: N, id: string): Stored<N> | undefined {
    this.#drop();
    const found = this.#of(noun).get(id);
    // What is kept under a noun is of that noun; TypeScript can't carry that through the map.
    return found && { record: found.put.record as Records[N], version: found.version };
  }

  /** Every record of a noun; a copy, so that it may be read on while records change. */
  list<N extends Noun>(noun: N): Records[N][] {
    this.#drop();
    return Array.from(this.#of(noun).values(), ({ put }) => put.record as Records[N]);
  }

  /** The grants of one app, oldest first, indexed; built anew only after one of that app's grants has changed. */
  grantsOf(appId: AppId): GrantIndex {
    const grants = this.#grants.get(appId);
    if (!grants) return noGrants;
    let index = this.#indexes.get(appId);
    if (!index) {
      index = indexGrants([...grants.values()].sort(byAge));
      this.#indexes.set(appId, index);
    }
    return index;
  }

  /** Whether a condition holds. */
  holds({ noun, id, version }: Check): boolean {
    return (this.get(noun, id)?.version ?? null) === version;
  }

  /** Makes a change that has been committed as `version`. Removing what is not there changes nothing. */
  apply(puts: readonly Put[], removals: readonly Removal[], version: string): RecordChange {
    this.#drop();
    for (const put of puts) this.#set({ put, version });
    return { puts, removed: this.#deleteAll(removals) };
  }

  /** Becomes what was loaded, and returns what that has changed: nothing, for records whose version is the same. */
  replace(loaded: readonly Versioned[]): RecordChange {
    const changed = loaded.filter(({ put, version }) => {
      return this.#of(put.noun).get(put.id)?.version !== version;
    });
    const present = new Set(loaded.map(({ put }) => `${put.noun} ${put.id}`));
    const gone = [...this.#byNoun.values()].flatMap((records) => {
      return [...records.values()].map(({ put }) => put).filter(({ noun, id }) => {
        return !present.has(`${noun} ${id}`);
      });
    });
    // Requests in the order in which they ended: what drops out first has to come first.
    changed.sort((a, b) => (dropsAtMs(a.put) ?? 0) - (dropsAtMs(b.put) ?? 0));
    for (const versioned of changed) this.#set(versioned);
    const removed = this.#deleteAll(gone);
    this.#drop();
    return { puts: changed.map(({ put }) => put), removed };
  }

  #of(noun: Noun): Map<string, Versioned> {
    const records = this.#byNoun.get(noun);
    if (!records) throw new TypeError(`There is no noun "${noun}".`);
    return records;
  }

  #set(versioned: Versioned): void {
    const { put } = versioned;
    this.#delete(put);
    this.#of(put.noun).set(put.id, versioned);
    const dropsAt = dropsAtMs(put);
    if (dropsAt !== null) this.#dropping.set(put.id, dropsAt);
    if (put.noun !== "grant") return;
    const { appId } = put.record;
    const grants = this.#grants.get(appId);
    if (grants) grants.set(put.id, put.record);
    else this.#grants.set(appId, new Map([[put.id, put.record]]));
    this.#indexes.delete(appId);
  }

  #deleteAll(removals: readonly Removal[]): Put[] {
    return removals.map((removal) => this.#delete(removal)).filter((put) => put !== undefined);
  }

  /** Takes a record out; returns it as it last was. */
  #delete({ noun, id }: Removal): Put | undefined {
    const records = this.#of(noun);
    const put = records.get(id)?.put;
    records.delete(id);
    if (noun === "request") this.#dropping.delete(id);
    if (put?.noun !== "grant") return put;
    const { appId } = put.record;
    const grants = this.#grants.get(appId);
    grants?.delete(id);
    if (grants?.size === 0) this.#grants.delete(appId);
    this.#indexes.delete(appId);
    return put;
  }

  /** Takes out the requests that ended long enough ago. Nobody is told: they ended when they ended. */
  #drop(): void {
    const nowMs = this.#clock.nowMs();
    for (const [id, dropsAt] of this.#dropping) {
      if (dropsAt > nowMs) return;
      this.#delete({ noun: "request", id });
    }
  }
}

function byAge(a: Grant, b: Grant): number {
  return a.createdAtMs - b.createdAtMs || (a.id < b.id ? -1 : 1);
}
