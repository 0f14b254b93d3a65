/** Store files for tests: made, filled, and damaged. @module */
import { join } from "node:path";
import type { Clock } from "../../../broker/actions/ports.ts";
import type { Retention } from "../../../broker/stores/history_retention.ts";
import { type HistoryWitness, historyWitnessIn } from "../../../broker/stores/history_witness.ts";
import type { KvStore } from "../../../broker/stores/kv_store.ts";
import { openKvStore } from "../../../broker/stores/open_kv_store.ts";
import { FakeClock } from "../../fakes/fake_clock.ts";
import { sampleMs } from "./sample_records.ts";

/** A store's file in a directory of its own. */
export interface StoreFile {
  readonly directory: string;
  readonly path: string;
  readonly witness: HistoryWitness;
  /** Opens the store. */
  open(
    options?: { clock?: Clock; retention?: Retention; witness?: HistoryWitness },
  ): Promise<KvStore>;
  /** Opens the store, lets `use` do something with it, and closes it. */
  with<Result>(use: (store: KvStore) => Promise<Result>): Promise<Result>;
  /** Lets `edit` do something behind the store's back. */
  edit(edit: (kv: Deno.Kv) => Promise<unknown>): Promise<void>;
}

/** Runs a test with a directory of its own, and removes the directory. */
export async function withStoreFile(run: (file: StoreFile) => Promise<void>): Promise<void> {
  const directory = await Deno.makeTempDir();
  const path = join(directory, "gatehouse.kv");
  const file: StoreFile = {
    directory,
    path,
    witness: historyWitnessIn(directory),
    open: (options = {}) => openKvStore(path, { clock: new FakeClock(sampleMs), ...options }),
    async with(use) {
      const store = await file.open();
      try {
        return await use(store);
      } finally {
        await store.close();
      }
    },
    async edit(edit) {
      const kv = await Deno.openKv(path);
      try {
        await edit(kv);
      } finally {
        kv.close();
      }
    },
  };
  try {
    await run(file);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

/** Copies a store's file, with the files of SQLite beside it, as a crash at this moment would leave them. */
export async function copyStore(from: string, to: string): Promise<void> {
  for (const suffix of ["", "-wal"]) {
    try {
      await Deno.copyFile(from + suffix, to + suffix);
    } catch (fault) {
      if (!(fault instanceof Deno.errors.NotFound)) throw fault;
    }
  }
}

/** Decodes, lets `change` edit, and writes back a stored value. */
export async function editValue(
  kv: Deno.Kv,
  key: Deno.KvKey,
  change: (value: Record<string, unknown>) => void,
): Promise<void> {
  const stored = (await kv.get<Uint8Array<ArrayBuffer>>(key)).value;
  if (!stored) throw new Error(`Nothing is stored under ${key.join()}.`);
  const value = JSON.parse(new TextDecoder().decode(stored));
  change(value);
  await kv.set(key, new TextEncoder().encode(JSON.stringify(value)));
}

/** Flips one bit of a file, in the first byte of the only place where `text` is; returns false when it is nowhere. */
export async function flipBitAt(path: string, text: string): Promise<boolean> {
  const bytes = await Deno.readFile(path);
  const at = new TextDecoder("latin1").decode(bytes).indexOf(text);
  if (at < 0) return false;
  bytes[at] = (bytes[at] ?? 0) ^ 1;
  await Deno.writeFile(path, bytes);
  return true;
}
