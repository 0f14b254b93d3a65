/** The policy out of a file: what a bad start, a reload, a bad reload and a file that goes and comes back do. @module */
import assert from "node:assert/strict";
import { join } from "node:path";
import type { Clock } from "../../../broker/actions/ports.ts";
import { PolicyFileError, PolicyFileSource } from "../../../broker/stores/policy_file_source.ts";
import { systemClock } from "../../../broker/stores/system_clock.ts";
import { FakeLog } from "../../fakes/fake_broker.ts";
import { FakeSecrets } from "../../fakes/fake_secrets.ts";

const policy = (managedBy: string) => JSON.stringify({ permissionBroker: { managedBy } });

/** A source over a file in a directory of its own; `settled` resolves when the source next tells of a change. */
async function opened(text: string) {
  const directory = await Deno.makeTempDir();
  const path = join(directory, "deno.json");
  await Deno.writeTextFile(path, text);
  const log = new FakeLog();
  let fired = Promise.withResolvers<void>();
  const clock: Clock = {
    nowMs: () => systemClock.nowMs(),
    setTimer: (delayMs, callback) =>
      systemClock.setTimer(delayMs, () => {
        callback();
        fired.resolve();
        fired = Promise.withResolvers();
      }),
  };
  const parts = { clock, secrets: new FakeSecrets(), log };
  const source = await PolicyFileSource.open(path, parts);
  return {
    source,
    path,
    /** Resolves when the source next begins to read the file again. */
    timerFires: () => fired.promise,
    /** Makes a change and waits until the source tells of it. */
    async after(change: () => Promise<void>): Promise<void> {
      const { promise, resolve } = Promise.withResolvers<void>();
      const stop = source.subscribe(resolve);
      await change();
      await promise;
      stop();
    },
    async [Symbol.asyncDispose]() {
      await source.stop();
      await Deno.remove(directory, { recursive: true });
      assert.deepEqual(log.errors, []);
    },
  };
}

Deno.test("a policy that can't be read stops the start, with the file and the place", async () => {
  const parts = { clock: systemClock, secrets: new FakeSecrets(), log: new FakeLog() };
  const directory = await Deno.makeTempDir();
  const path = join(directory, "deno.json");
  const start = () => PolicyFileSource.open(path, parts);
  await assert.rejects(start, (fault) => {
    assert.ok(fault instanceof PolicyFileError);
    assert.match(fault.message, /deno\.json can't be used\.\nIt can't be read: /);
    return true;
  });
  await Deno.writeTextFile(path, '{ "permissionBroker": { "rulse": [] } }');
  await assert.rejects(
    start,
    /line 1, column 25: permissionBroker\.rulse: .* Did you mean "rules"\?/,
  );
  await Deno.remove(directory, { recursive: true });
});

Deno.test("a change of the file comes into force, and a bad one does not", async () => {
  await using file = await opened(policy("One"));
  const { source, path } = file;
  assert.equal(source.current().managedBy, "One");
  assert.equal(source.state().path, path);

  await file.after(() => Deno.writeTextFile(path, policy("Two")));
  assert.equal(source.current().managedBy, "Two");
  const { revision } = source.current();

  await file.after(() => Deno.writeTextFile(path, '{ "permissionBroker": { "managedBy": 3 } }'));
  assert.equal(source.current().revision, revision, "the last good policy stays in force");
  assert.match(source.state().problem ?? "", /managedBy: Must be a string/);

  await file.after(() => Deno.writeTextFile(path, policy("Two")));
  assert.equal(source.state().problem, null, "the file is right again");
  assert.equal(source.current().revision, revision);
});

Deno.test("a file that is put in place of the other, or goes and comes back, is noticed", async () => {
  await using file = await opened(policy("One"));
  const { source, path } = file;
  await file.after(async () => {
    await Deno.writeTextFile(`${path}.new`, policy("Two"));
    await Deno.rename(`${path}.new`, path);
  });
  assert.equal(source.current().managedBy, "Two");
  await file.after(() => Deno.remove(path));
  assert.match(source.state().problem ?? "", /^It can't be read: /);
  assert.equal(source.current().managedBy, "Two");
  await file.after(() => Deno.writeTextFile(path, policy("Three")));
  assert.deepEqual([source.current().managedBy, source.state().problem], ["Three", null]);
});

Deno.test("a change elsewhere in the file changes no policy, and is told to nobody", async () => {
  await using file = await opened('{ "permissionBroker": { "managedBy": "One" }, "tasks": {} }');
  const { source, path } = file;
  const { revision } = source.current();
  let told = 0;
  const stop = source.subscribe(() => told++);
  const due = file.timerFires();
  await Deno.writeTextFile(
    path,
    '{ "tasks": { "a": "b" }, "permissionBroker": { "managedBy": "One" } }',
  );
  await due;
  // The file is read once more only after that reading, which must have told nobody.
  await file.after(() => Deno.writeTextFile(path, policy("Two")));
  assert.equal(told, 1);
  assert.notEqual(source.current().revision, revision);
  stop();
});
