/** A witness of the history outside the store: what the store has lost of its end, it can't tell by itself. @module */
import { join } from "node:path";
import { z } from "zod";
import type { Clock } from "../actions/ports.ts";
import type { ChainLink } from "./history_chain.ts";
import { readPrivateFile, writePrivateFile } from "./private_file.ts";

/** Remembers how far the history has come. It may lag behind the store, but is never ahead of it. */
export interface HistoryWitness {
  /** The place last written down; null when there is none, or none that can be read. */
  read(): Promise<ChainLink | null>;
  /** Writes down a place. */
  write(link: ChainLink): Promise<void>;
}

const Witnessed = z.strictObject({
  v: z.literal(1),
  seq: z.int().min(0),
  hash: z.string().regex(/^[0-9a-f]{64}$/),
});

/** The witness in the file `history.json` of a data directory. */
export function historyWitnessIn(directory: string): HistoryWitness {
  const path = join(directory, "history.json");
  return {
    async read() {
      const text = await readPrivateFile(path);
      if (text === null) return null;
      try {
        const { seq, hash } = Witnessed.parse(JSON.parse(text));
        return { seq, hash };
      } catch {
        // A witness that can't be read has nothing to say; the chain is still checked by itself.
        return null;
      }
    },
    async write({ seq, hash }) {
      await writePrivateFile(path, `${JSON.stringify({ v: 1, seq, hash })}\n`);
    },
  };
}

/** How long the witness may lag behind the history, in milliseconds. */
const witnessDelayMs = 1000;

/** Writes a witness now and then: not with every commit, which would cost as much as the commit itself. */
export class WitnessWriter {
  readonly #witness: HistoryWitness;
  readonly #clock: Clock;
  #next: ChainLink | null = null;
  #callOff: (() => void) | null = null;
  #writing: Promise<void> = Promise.resolve();

  /** @param clock Tells when the next writing is due. */
  constructor(witness: HistoryWitness, clock: Clock) {
    this.#witness = witness;
    this.#clock = clock;
  }

  /** Takes note of a place that is durably in the store; it is written down within a second. */
  note(link: ChainLink): void {
    this.#next = link;
    this.#callOff ??= this.#clock.setTimer(witnessDelayMs, () => void this.flush());
  }

  /** Writes down the last place noted, now. */
  flush(): Promise<void> {
    this.#callOff?.();
    this.#callOff = null;
    this.#writing = this.#writing.then(async () => {
      const link = this.#next;
      this.#next = null;
      // On a full disk, say. A witness that lags says less, but nothing wrong; the next commit tries again.
      if (link) await this.#witness.write(link).catch(() => {});
    });
    return this.#writing;
  }
}
