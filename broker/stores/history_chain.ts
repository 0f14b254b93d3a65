/** The history as a chain: each entry carries the hash of the one before it, so that a gap or an edit shows. @module */
import { hash } from "node:crypto";
import type { HistoryDraft, HistoryEntry } from "../schema/history.ts";

/** A place in the chain: an entry's sequence number and hash. */
export interface ChainLink {
  readonly seq: number;
  readonly hash: string;
}

/** The place before the first entry ever. */
export const chainStart: ChainLink = { seq: 0, hash: "0".repeat(64) };

/** JSON in one form only: object keys sorted by UTF-16 code units, no spaces, members without a value left out. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(",")}]`;
  if (typeof value === "object" && value !== null) {
    const members = Object.entries(value)
      .filter(([, member]) => member !== undefined)
      .sort(([a], [b]) => a < b ? -1 : 1)
      .map(([key, member]) => `${JSON.stringify(key)}:${canonicalJson(member)}`);
    return `{${members.join(",")}}`;
  }
  return JSON.stringify(value) ?? "null";
}

/** The entry that a draft becomes right after `previous`. */
export function nextEntry(previous: ChainLink, draft: HistoryDraft): HistoryEntry {
  const unhashed = { ...draft, v: 1 as const, seq: previous.seq + 1, previousHash: previous.hash };
  return { ...unhashed, hash: hashOf(unhashed) };
}

/** SHA-256, in hexadecimal, of an entry's `previousHash` followed by its canonical JSON without `hash`. */
function hashOf(entry: Omit<HistoryEntry, "hash">): string {
  return hash("sha256", entry.previousHash + canonicalJson(entry), "hex");
}

/** One place where the chain does not hold. */
export interface ChainBreak {
  /** The entry at which it shows; for entries that are missing, the first of them. */
  readonly seq: number;
  /** What it means, as a sentence for people. */
  readonly message: string;
}

/**
 * Goes along a run of entries, oldest first, and finds every place where the chain does not hold. Needs none of the
 * entries before the run: `anchor`, the place right before it, stands for them.
 */
export class ChainWalk {
  #seq: number;
  // Null after an entry that could not be read: nothing can be said of how the next one follows it.
  #hash: string | null;

  /** @param anchor The place right before the first entry of the run. */
  constructor(anchor: ChainLink) {
    this.#seq = anchor.seq;
    this.#hash = anchor.hash;
  }

  /** Goes on to the next entry. Returns what is wrong there: nothing, if the chain holds. */
  step(entry: HistoryEntry): ChainBreak[] {
    const breaks: ChainBreak[] = [];
    if (entry.seq > this.#seq + 1) breaks.push(missing(this.#seq + 1, entry.seq - 1));
    else if (this.#hash !== null && entry.previousHash !== this.#hash) {
      breaks.push({
        seq: entry.seq,
        message: `History entry ${entry.seq} does not follow from entry ${entry.seq - 1}: ` +
          "one of the two was replaced after it was written.",
      });
    }
    const { hash: stated, ...unhashed } = entry;
    if (stated !== hashOf(unhashed)) {
      breaks.push({
        seq: entry.seq,
        message:
          `History entry ${entry.seq} was changed after it was written: its hash does not fit.`,
      });
    }
    this.#seq = entry.seq;
    this.#hash = stated;
    return breaks;
  }

  /** Goes on over an entry that is there but can't be read; `fault` says why. */
  stepUnreadable(seq: number, fault: string): ChainBreak[] {
    const breaks = seq > this.#seq + 1 ? [missing(this.#seq + 1, seq - 1)] : [];
    breaks.push({ seq, message: `History entry ${seq} could not be read (${fault}).` });
    this.#seq = seq;
    this.#hash = null;
    return breaks;
  }

  /** Says that the run is over, and compares its end with `last`, the place where it should end. */
  end(last: ChainLink): ChainBreak[] {
    if (this.#seq < last.seq) return [missing(this.#seq + 1, last.seq)];
    if (this.#seq > last.seq) {
      return [{
        seq: last.seq + 1,
        message:
          `The history goes on to entry ${this.#seq}, but the store wrote ${last.seq} entries only.`,
      }];
    }
    if (this.#hash === null || this.#hash === last.hash) return [];
    return [{
      seq: last.seq,
      message: `History entry ${last.seq} is not the one that the store wrote last.`,
    }];
  }
}

function missing(first: number, last: number): ChainBreak {
  const which = first === last ? `entry ${first} is` : `entries ${first} to ${last} are`;
  return { seq: first, message: `History ${which} missing: what was recorded there is lost.` };
}
