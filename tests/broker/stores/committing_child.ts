/**
 * A process that commits without end and says on standard output what was acknowledged, until it is killed.
 *
 * Arguments: the data directory, and the number of this run. Each of its lanes writes batch after batch: batch `n` puts
 * app `n` and grant `n`, removes grant `n - 1`, and writes two history entries. Two more lanes write history alone.
 *
 * @module
 */
import { openDataDirectory } from "../../../broker/stores/data_directory.ts";
import { openKvStore } from "../../../broker/stores/open_kv_store.ts";
import { systemClock } from "../../../broker/stores/system_clock.ts";
import { systemSecrets } from "../../../broker/stores/system_secrets.ts";
import { fakeId } from "../../fakes/fake_secrets.ts";
import { putApp, putGrant, sampleApp, sampleDraft, sampleGrant } from "./sample_records.ts";

const [path = "", run = ""] = Deno.args;
const encoder = new TextEncoder();
const say = (line: string) => Deno.stdout.writeSync(encoder.encode(`${line}\n`));

say("starting");
const directory = await openDataDirectory(path, systemSecrets);
const store = await openKvStore(directory.kvPath, {
  clock: systemClock,
  witness: directory.witness,
});
const draft = (message: string) => sampleDraft(message, 0, { atMs: systemClock.nowMs() });

async function writeBatches(lane: number): Promise<never> {
  const first = (Number(run) * 10 + lane) * 1_000_000;
  for (let n = first + 1;; n++) {
    await store.commit({
      checks: [{ noun: "app", id: fakeId("app", n), version: null }],
      puts: [putApp(sampleApp(n)), putGrant(sampleGrant(n, n))],
      removals: [{ noun: "grant", id: fakeId("grant", n - 1) }],
      history: [draft(`batch ${n} begins`), draft(`batch ${n} ends`)],
    });
    say(`batch ${n}`);
  }
}

async function writeHistory(lane: number): Promise<never> {
  for (let n = 1;; n++) {
    const message = `entry ${run}.${lane}.${n}`;
    await store.commit({ history: [draft(message)] });
    say(message);
  }
}

await Promise.all([writeBatches(0), writeBatches(1), writeHistory(0), writeHistory(1)]);
