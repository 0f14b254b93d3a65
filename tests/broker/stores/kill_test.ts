/** A process that is killed between any two steps loses nothing that it acknowledged, and leaves nothing half done. @module */
import assert from "node:assert/strict";
import type { KvStore } from "../../../broker/stores/kv_store.ts";
import { openDataDirectory } from "../../../broker/stores/data_directory.ts";
import { openKvStore } from "../../../broker/stores/open_kv_store.ts";
import { systemClock } from "../../../broker/stores/system_clock.ts";
import { systemSecrets } from "../../../broker/stores/system_secrets.ts";
import { fakeId } from "../../fakes/fake_secrets.ts";
import { startChild } from "./child_process.ts";

const kills = 20;

/** Commits to `directory` in a child process, and kills it after so many lines; returns what was acknowledged. */
async function commitUntilKilled(directory: string, run: number, lines: number): Promise<string[]> {
  const child = startChild("committing_child.ts", [directory, String(run)]);
  const acknowledged: string[] = [];
  assert.equal(await child.nextLine(), "starting");
  while (acknowledged.length < lines) {
    const line = await child.nextLine();
    assert.ok(line !== null, "The child ended by itself.");
    acknowledged.push(line);
  }
  await child.kill();
  for (let line = await child.nextLine(); line !== null; line = await child.nextLine()) {
    acknowledged.push(line);
  }
  return acknowledged;
}

/** What the store says was committed, in the words of the child; fails when a batch is there in part. */
async function committedIn(store: KvStore): Promise<Set<string>> {
  const history = await store.history({ limit: 1_000_000 });
  const messages = new Set(history.map(({ message }) => message));
  assert.equal(messages.size, history.length, "An entry was written twice.");
  const committed = new Set([...messages].filter((message) => message.startsWith("entry")));
  for (const { id } of store.list("app")) {
    const n = parseInt(id.slice("app_".length), 16);
    committed.add(`batch ${n}`);
    for (const part of ["begins", "ends"]) {
      assert.ok(messages.delete(`batch ${n} ${part}`), `Batch ${n} is torn: it has no "${part}".`);
    }
    const next = store.get("app", fakeId("app", n + 1));
    const grant = store.get("grant", fakeId("grant", n));
    assert.equal(grant === undefined, next !== undefined, `Batch ${n} or ${n + 1} is torn.`);
  }
  const rest = [...messages].filter((message) => message.startsWith("batch"));
  assert.deepEqual(rest, [], "Batches are torn: they have no app.");
  return committed;
}

Deno.test(`kill -9: ${kills} times at random moments, nothing acknowledged is lost or torn`, async () => {
  const path = await Deno.makeTempDir();
  const acknowledged: string[] = [];
  try {
    for (let run = 1; run <= kills; run++) {
      // Every fifth is killed while it opens the store; the others after up to 400 acknowledgements.
      const lines = run % 5 === 0 ? 0 : 1 + Math.floor(Math.random() * 400);
      acknowledged.push(...await commitUntilKilled(path, run, lines));

      const directory = await openDataDirectory(path, systemSecrets);
      const store = await openKvStore(directory.kvPath, {
        clock: systemClock,
        witness: directory.witness,
      });
      try {
        assert.deepEqual(store.damage, [], `after kill ${run}`);
        const committed = await committedIn(store);
        const lost = acknowledged.filter((line) => !committed.has(line));
        assert.deepEqual(lost, [], `after kill ${run}, ${acknowledged.length} acknowledged`);
      } finally {
        await store.close();
        await directory.close();
      }
    }
    assert.ok(acknowledged.length > kills, `${acknowledged.length} acknowledged`);
  } finally {
    await Deno.remove(path, { recursive: true });
  }
});
