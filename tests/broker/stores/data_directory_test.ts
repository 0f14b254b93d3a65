/** The data directory: where it is, whose it is, and that one process holds it. @module */
import assert from "node:assert/strict";
import { join } from "node:path";
import { readAdminToken } from "../../../broker/stores/admin_token.ts";
import {
  DataDirectoryInUseError,
  defaultDataDirectory,
  openDataDirectory,
} from "../../../broker/stores/data_directory.ts";
import { openKvStore } from "../../../broker/stores/open_kv_store.ts";
import { readServerRecord } from "../../../broker/stores/server_record.ts";
import { systemSecrets } from "../../../broker/stores/system_secrets.ts";
import { FakeClock } from "../../fakes/fake_clock.ts";
import { FakeSecrets, fakeToken } from "../../fakes/fake_secrets.ts";
import { sampleDraft } from "./sample_records.ts";
import { startChild } from "./child_process.ts";

const places: [string, Record<string, string>, string | RegExp][] = [
  ["linux", { HOME: "/home/ada" }, "/home/ada/.local/share/gatehouse"],
  ["linux", { HOME: "/home/ada", XDG_DATA_HOME: "/data" }, "/data/gatehouse"],
  ["linux", { HOME: "/home/ada", XDG_DATA_HOME: "" }, "/home/ada/.local/share/gatehouse"],
  ["linux", { HOME: "/home/ada", XDG_DATA_HOME: "data" }, "/home/ada/.local/share/gatehouse"],
  ["freebsd", { HOME: "/home/ada" }, "/home/ada/.local/share/gatehouse"],
  ["darwin", { HOME: "/Users/ada" }, "/Users/ada/Library/Application Support/Gatehouse"],
  [
    "darwin",
    { HOME: "/Users/ada", XDG_DATA_HOME: "/d" },
    "/Users/ada/Library/Application Support/Gatehouse",
  ],
  [
    "windows",
    { LOCALAPPDATA: "C:\\Users\\ada\\AppData\\Local" },
    "C:\\Users\\ada\\AppData\\Local\\Gatehouse",
  ],
  ["linux", {}, /HOME is not set.*--data DIR/],
  ["darwin", { HOME: "" }, /HOME is not set/],
  ["windows", { HOME: "/home/ada" }, /LOCALAPPDATA is not set/],
];
for (const [os, env, expected] of places) {
  Deno.test(`data directory: on ${os} with ${JSON.stringify(env)}`, () => {
    if (typeof expected === "string") assert.equal(defaultDataDirectory(os, env), expected);
    else assert.throws(() => defaultDataDirectory(os, env), expected);
  });
}

async function withDirectory(run: (path: string) => Promise<void>): Promise<void> {
  const parent = await Deno.makeTempDir();
  try {
    await run(join(parent, "data", "gatehouse"));
  } finally {
    await Deno.remove(parent, { recursive: true });
  }
}

async function modeOf(path: string): Promise<string> {
  return (((await Deno.stat(path)).mode ?? 0) & 0o777).toString(8);
}

const hasNoModes = Deno.build.os === "windows";

Deno.test(
  "data directory: it and all in it is made for its owner alone",
  { ignore: hasNoModes },
  () =>
    withDirectory(async (path) => {
      const directory = await openDataDirectory(path, systemSecrets);
      await directory.announce({ pid: 1, port: 2, startedAtMs: 3 });
      await directory.witness.write({ seq: 1, hash: "0".repeat(64) });
      const store = await openKvStore(directory.kvPath, { clock: new FakeClock() });
      await store.commit({ history: [sampleDraft("one")] });
      assert.equal(await modeOf(path), "700");
      const names: string[] = [];
      for await (const { name } of Deno.readDir(path)) {
        names.push(name);
        assert.equal(await modeOf(join(path, name)), "600", name);
      }
      const expected = [
        "admin.token",
        "broker.lock",
        "gatehouse.kv",
        "gatehouse.kv-shm",
        "gatehouse.kv-wal",
        "history.json",
        "server.json",
      ];
      assert.deepEqual(names.sort(), expected);
      await store.close();
      await directory.close();
    }),
);

Deno.test(
  "data directory: modes that are too wide are mended",
  { ignore: hasNoModes },
  () =>
    withDirectory(async (path) => {
      await Deno.mkdir(path, { recursive: true });
      await Deno.writeTextFile(join(path, "gatehouse.kv"), "");
      await Deno.chmod(join(path, "gatehouse.kv"), 0o666);
      await Deno.chmod(path, 0o755);
      const directory = await openDataDirectory(path, systemSecrets);
      assert.equal(await modeOf(path), "700");
      assert.equal(await modeOf(directory.kvPath), "600");
      await directory.close();
    }),
);

Deno.test("data directory: the admin token is made once, and kept", () =>
  withDirectory(async (path) => {
    const first = await openDataDirectory(path, new FakeSecrets());
    assert.equal(first.adminToken, fakeToken(1));
    await first.close();
    const second = await openDataDirectory(path, systemSecrets);
    assert.equal(second.adminToken, fakeToken(1));
    assert.equal(await readAdminToken(path), fakeToken(1));
    await second.close();
  }));

for (const text of ["", "short\n", "two\nlines".padEnd(50, "x"), "x".repeat(42)]) {
  Deno.test(`data directory: an admin token that is ${JSON.stringify(text)} is refused, not replaced`, () =>
    withDirectory(async (path) => {
      await Deno.mkdir(path, { recursive: true });
      await Deno.writeTextFile(join(path, "admin.token"), text);
      await assert.rejects(
        openDataDirectory(path, systemSecrets),
        /admin\.token holds no admin token/,
      );
      assert.equal(await Deno.readTextFile(join(path, "admin.token")), text);
      // It does not stay held.
      await Deno.remove(join(path, "admin.token"));
      await (await openDataDirectory(path, systemSecrets)).close();
    }));
}

Deno.test("data directory: says which process serves, until it is closed", () =>
  withDirectory(async (path) => {
    const directory = await openDataDirectory(path, systemSecrets);
    assert.equal(await readServerRecord(path), null);
    await directory.announce({ pid: 12, port: 8737, startedAtMs: 5 });
    assert.deepEqual(await readServerRecord(path), { v: 1, pid: 12, port: 8737, startedAtMs: 5 });
    await Deno.writeTextFile(join(path, "server.json"), '{"pid":');
    assert.equal(await readServerRecord(path), null);
    await directory.close();
    assert.equal(await readServerRecord(path), null);
    assert.equal(await readAdminToken(path), directory.adminToken);
  }));

Deno.test("data directory: a second process is told who holds it, until that one is killed", () =>
  withDirectory(async (path) => {
    const holder = startChild("holding_child.ts", [path]);
    assert.equal(await holder.nextLine(), "holding");

    const second = startChild("holding_child.ts", [path]);
    const told = await second.nextLine() ?? "";
    await second.finish();
    assert.ok(
      told.startsWith(`DataDirectoryInUseError: The data directory ${path} is in use by `),
      told,
    );
    assert.ok(
      told.includes(`process ${holder.pid}, which serves http://gatehouse.localhost:8737`),
      told,
    );
    assert.match(told, /stop it, or start this one with --data DIR and --port N\.$/);

    await assert.rejects(openDataDirectory(path, systemSecrets), (fault) => {
      return fault instanceof DataDirectoryInUseError && fault.holder?.pid === holder.pid;
    });
    assert.equal((await readServerRecord(path))?.pid, holder.pid);

    await holder.kill();
    assert.equal(await holder.nextLine(), null);
    const directory = await openDataDirectory(path, systemSecrets);
    // What the killed process had said of itself is gone, so that nobody is sent to it.
    assert.equal(await readServerRecord(path), null);
    await directory.close();
  }));

Deno.test("data directory: one that is still starting is named without its port", () =>
  withDirectory(async (path) => {
    const first = await openDataDirectory(path, systemSecrets);
    await assert.rejects(openDataDirectory(path, systemSecrets), (fault) => {
      assert.ok(fault instanceof DataDirectoryInUseError);
      assert.match(fault.message, /is in use by another process\. /);
      return true;
    });
    await first.close();
  }));
