/** Damaged stores: what is lost is said, what is unreadable counts as absent, and nothing is overwritten. @module */
import assert from "node:assert/strict";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { headKey, historyKey, recordKey, recordPrefix } from "../../../broker/stores/keys.ts";
import type { KvStore } from "../../../broker/stores/kv_store.ts";
import { openKvStore } from "../../../broker/stores/open_kv_store.ts";
import { StoreDamagedError } from "../../../broker/stores/store_damaged_error.ts";
import { FakeClock } from "../../fakes/fake_clock.ts";
import { fakeId } from "../../fakes/fake_secrets.ts";
import {
  putApp,
  putGrant,
  sampleApp,
  sampleDraft,
  sampleGrant,
  sampleMs,
} from "./sample_records.ts";
import { copyStore, editValue, flipBitAt, type StoreFile, withStoreFile } from "./store_file.ts";

const grantKey = recordKey("grant", fakeId("grant", 1));

/** An app, two grants, and five history entries. */
async function fill(store: KvStore): Promise<void> {
  await store.commit({
    puts: [putApp(sampleApp(1)), putGrant(sampleGrant(1, 1)), putGrant(sampleGrant(2, 1))],
    history: [1, 2, 3, 4, 5].map((n) => sampleDraft(`entry ${n}`)),
  });
}

async function damageOf(file: StoreFile): Promise<readonly string[]> {
  return await file.with((store) => Promise.resolve(store.damage));
}

const unreadable: [string, (kv: Deno.Kv) => Promise<unknown>, RegExp][] = [
  [
    "lacks a field",
    (kv) => editValue(kv, grantKey, (grant) => delete grant["target"]),
    /field "target"/,
  ],
  ["has a field more", (kv) => editValue(kv, grantKey, (grant) => grant["x"] = 1), /"x"/],
  [
    "has a wrong field",
    (kv) => editValue(kv, grantKey, (grant) => grant["spaces"] = ["moon"]),
    /"spaces\.0"/,
  ],
  [
    "is of a later version",
    (kv) => editValue(kv, grantKey, (grant) => grant["v"] = 2),
    /field "v"/,
  ],
  [
    "is another record",
    (kv) => editValue(kv, grantKey, (grant) => grant["id"] = fakeId("grant", 9)),
    /field "id"/,
  ],
  ["is no JSON", (kv) => kv.set(grantKey, new TextEncoder().encode('{"v":1,')), /not JSON/],
  ["is no text", (kv) => kv.set(grantKey, new Uint8Array([0xff, 0xfe])), /not JSON/],
  ["is no bytes", (kv) => kv.set(grantKey, "text"), /not bytes/],
];

for (const [what, damage, field] of unreadable) {
  Deno.test(`damaged store: a grant that ${what} is no grant, and is reported`, () =>
    withStoreFile(async (file) => {
      await file.with(fill);
      await file.edit(damage);
      await file.with((store) => {
        assert.equal(store.get("grant", fakeId("grant", 1)), undefined);
        const left = store.grantsOf(fakeId("app", 1)).all.map(({ id }) => id);
        assert.deepEqual(left, [fakeId("grant", 2)]);
        assert.deepEqual(store.get("app", fakeId("app", 1))?.record, sampleApp(1));
        assert.equal(store.damage.length, 1);
        assert.match(
          store.damage[0] ?? "",
          /^The permission grant_0+1 could not be read .*absent\.$/,
        );
        assert.match(store.damage[0] ?? "", field);
        return Promise.resolve();
      });
    }));
}

Deno.test("damaged store: a bit that fell over in the file makes one record unreadable", () =>
  withStoreFile(async (file) => {
    await file.with(fill);
    // "tcp-connect" of the first grant becomes "ucp-connect".
    assert.ok(await flipBitAt(file.path, 'tcp-connect","target":"host1.example'));
    const damage = await damageOf(file);
    assert.equal(damage.length, 1);
    assert.match(damage[0] ?? "", /permission grant_0+1 .*field "capability"/);
  }));

Deno.test("damaged store: what is not a record is reported", () =>
  withStoreFile(async (file) => {
    await file.with(fill);
    await file.edit((kv) => kv.set([...recordPrefix, "gadget", "gadget_1"], new Uint8Array()));
    assert.deepEqual(await damageOf(file), [
      'The store holds something that is no record, under ["gadget","gadget_1"].',
    ]);
  }));

Deno.test("damaged store: an unreadable record is set aside before another takes its place", () =>
  withStoreFile(async (file) => {
    const settings = (mode: "quiet" | "ask") => {
      return { noun: "settings", id: "settings", record: { v: 1, mode } } as const;
    };
    await file.with((store) => store.commit({ puts: [settings("quiet")] }));
    const key = recordKey("settings", "settings");
    await file.edit((kv) => editValue(kv, key, (value) => value["mode"] = "siesta"));
    await file.with(async (store) => {
      assert.equal(store.get("settings", "settings"), undefined);
      assert.match(store.damage[0] ?? "", /record settings .*field "mode"/);
      const checks = [{ noun: "settings", id: "settings", version: null }] as const;
      assert.deepEqual(await store.commit({ checks, puts: [settings("ask")] }), {
        committed: true,
      });
      assert.deepEqual(store.get("settings", "settings")?.record, { v: 1, mode: "ask" });
      assert.deepEqual(store.damage, []);
    });
    await file.edit(async (kv) => {
      const kept: unknown[] = [];
      for await (const { value } of kv.list<Uint8Array>({ prefix: ["unreadable"] })) {
        kept.push(JSON.parse(new TextDecoder().decode(value)));
      }
      assert.deepEqual(kept, [{ v: 1, mode: "siesta" }]);
    });
    assert.deepEqual(await damageOf(file), []);
  }));

const historyDamage: [string, (kv: Deno.Kv) => Promise<unknown>, RegExp[]][] = [
  [
    "an edited entry",
    (kv) => editValue(kv, historyKey(3), (entry) => entry["message"] = "nothing"),
    [
      /^History entry 3 was changed after it was written/,
    ],
  ],
  ["a missing entry", (kv) => kv.delete(historyKey(3)), [/^History entry 3 is missing/]],
  ["several missing entries", async (kv) => {
    await kv.delete(historyKey(2));
    await kv.delete(historyKey(3));
  }, [/^History entries 2 to 3 are missing/]],
  ["a missing beginning", (kv) => kv.delete(historyKey(1)), [/^History entry 1 is missing/]],
  ["a missing end", (kv) => kv.delete(historyKey(5)), [/^History entry 5 is missing/]],
  ["an unreadable entry", (kv) => kv.set(historyKey(3), new Uint8Array([1])), [
    /^History entry 3 could not be read \(not JSON\)/,
  ]],
  ["two entries exchanged", async (kv) => {
    const [two, four] = [(await kv.get(historyKey(2))).value, (await kv.get(historyKey(4))).value];
    await kv.atomic().set(historyKey(2), four).set(historyKey(4), two).commit();
  }, [/entry 2 could not be read/, /entry 4 could not be read/]],
];

for (const [what, damage, sentences] of historyDamage) {
  Deno.test(`damaged store: ${what} of the history is found, and the rest is there`, () =>
    withStoreFile(async (file) => {
      await file.with(fill);
      await file.edit(damage);
      await file.with(async (store) => {
        assert.equal(store.damage.length, sentences.length, store.damage.join("\n"));
        sentences.forEach((sentence, n) => assert.match(store.damage[n] ?? "", sentence));
        assert.equal(store.grantsOf(fakeId("app", 1)).all.length, 2);
        await store.commit({ history: [sampleDraft("entry 6")] });
        assert.equal((await store.history({ limit: 1 }))[0]?.seq, 6);
      });
    }));
}

Deno.test("damaged store: an older copy that was put back is found by the witness", () =>
  withStoreFile(async (file) => {
    const { witness } = file;
    const copy = join(file.directory, "copy");
    let store = await file.open({ witness });
    await fill(store);
    await store.close();
    await copyStore(file.path, copy);
    store = await file.open({ witness });
    await store.commit({
      removals: [{ noun: "grant", id: fakeId("grant", 1) }],
      history: [sampleDraft("revoked"), sampleDraft("used")],
    });
    await store.close();
    await copyStore(copy, file.path);

    store = await file.open({ witness });
    assert.equal(store.damage.length, 1);
    assert.match(store.damage[0] ?? "", /has lost what was written last: history entries 6 to 7/);
    await store.commit({ history: [sampleDraft("other"), sampleDraft("other too")] });
    await store.close();
    store = await file.open({ witness });
    assert.deepEqual(store.damage, []);
    await store.close();
  }));

Deno.test("damaged store: commits lost in a damaged write-ahead log are found by the witness", () =>
  withStoreFile(async (file) => {
    const { witness } = file;
    const store = await file.open({ witness });
    await fill(store);
    for (let n = 6; n <= 40; n++) await store.commit({ history: [sampleDraft(`entry ${n}`)] });
    // The file as it lies there while the broker runs: what was committed last is in the log alone.
    const crashed = join(file.directory, "crashed");
    await copyStore(file.path, crashed);
    await store.close();
    assert.ok(await flipBitAt(`${crashed}-wal`, "entry 20"));

    const reopened = await openKvStore(crashed, { clock: new FakeClock(sampleMs), witness });
    assert.equal(reopened.damage.length, 1);
    assert.match(
      reopened.damage[0] ?? "",
      /has lost what was written last: history entries \d+ to 40/,
    );
    await reopened.close();
  }));

const damagedAsAWhole: [string, (file: StoreFile) => Promise<unknown>, RegExp][] = [
  [
    "garbage",
    ({ path }) => Deno.writeFile(path, new Uint8Array(10_000).fill(0x5a)),
    /not a database/,
  ],
  [
    "a truncated file",
    async ({ path }) => Deno.truncate(path, (await Deno.stat(path)).size / 2),
    /malformed/,
  ],
  [
    "a file cut down to its first bytes",
    ({ path }) => Deno.truncate(path, 60),
    /malformed|not a database/,
  ],
  ["no head", (file) => file.edit((kv) => kv.delete(headKey)), /its head is missing/],
  [
    "an unreadable head",
    (file) => file.edit((kv) => kv.set(headKey, new Uint8Array([1]))),
    /its head is not JSON/,
  ],
  ["a head of a later version", (file) => {
    return file.edit((kv) => editValue(kv, headKey, (head) => head["v"] = 2));
  }, /its head does not fit: field "v"/],
  ["a value in an unknown encoding", ({ path }) => flipValueEncoding(path), /deserialize|encoding/],
];

for (const [what, damage, reason] of damagedAsAWhole) {
  Deno.test(`damaged store: ${what} fails closed, says what is lost, and is left as it is`, () =>
    withStoreFile(async (file) => {
      await file.with(fill);
      await damage(file);
      const before = await Deno.readFile(file.path);
      await assert.rejects(file.open(), (fault) => {
        assert.ok(fault instanceof StoreDamagedError, String(fault));
        assert.match(fault.reason, reason);
        for (const part of [file.path, "every app, permission", "Put back a copy"]) {
          assert.ok(fault.message.includes(part), fault.message);
        }
        return true;
      });
      assert.deepEqual(await Deno.readFile(file.path), before);
    }));
}

/** Has SQLite say that the first grant is a V8 value, which it is not. */
function flipValueEncoding(path: string): Promise<void> {
  const database = new DatabaseSync(path);
  const { changes } = database.prepare(
    "UPDATE kv SET v_encoding = 1 WHERE instr(k, CAST(? AS BLOB)) > 0",
  ).run(fakeId("grant", 1));
  database.close();
  assert.equal(Number(changes), 1);
  return Promise.resolve();
}

Deno.test("damaged store: an emptied file is found by the witness", () =>
  withStoreFile(async (file) => {
    const { witness } = file;
    const store = await file.open({ witness });
    await fill(store);
    await store.close();
    await Deno.truncate(file.path, 0);
    const emptied = await file.open({ witness });
    assert.match(emptied.damage.join(), /history entries 1 to 5/);
    assert.deepEqual(emptied.list("grant"), []);
    await emptied.close();
  }));
