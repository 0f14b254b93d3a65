/** The store in Deno KV: against the contract of stores, over restarts, with a failing disk, and beside other processes. @module */
import assert from "node:assert/strict";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { type StoreChange, StoreUnavailableError } from "../../../broker/actions/ports.ts";
import { KvStore } from "../../../broker/stores/kv_store.ts";
import { FakeClock } from "../../fakes/fake_clock.ts";
import { fakeId } from "../../fakes/fake_secrets.ts";
import {
  putApp,
  putGrant,
  putRequest,
  sampleApp,
  sampleDraft,
  sampleGrant,
  sampleMs,
  sampleRequest,
} from "./sample_records.ts";
import { testStoreContract } from "./store_contract.ts";
import { withStoreFile } from "./store_file.ts";

const dayMs = 24 * 60 * 60 * 1000;

testStoreContract("KV store", async (options) => {
  const store = await KvStore.load(await Deno.openKv(":memory:"), options);
  return { store, close: () => store.close() };
});

Deno.test("KV store: is the same after a restart, versions and history included", () =>
  withStoreFile(async (file) => {
    const contents = (store: KvStore) => ({
      app: store.get("app", fakeId("app", 1)),
      grants: store.grantsOf(fakeId("app", 1)).all,
      settings: store.get("settings", "settings"),
    });
    const before = await file.with(async (store) => {
      await store.commit({
        puts: [putApp(sampleApp(1)), putGrant(sampleGrant(2, 1)), putGrant(sampleGrant(1, 1))],
        history: [sampleDraft("one"), sampleDraft("two")],
      });
      await store.commit({
        puts: [{ noun: "settings", id: "settings", record: { v: 1, mode: "lockdown" } }],
        history: [sampleDraft("three")],
      });
      return { ...contents(store), history: await store.history({ limit: 10 }) };
    });
    await file.with(async (store) => {
      assert.deepEqual({ ...contents(store), history: await store.history({ limit: 10 }) }, before);
      assert.deepEqual(store.damage, []);
      await store.commit({ history: [sampleDraft("four")] });
      const [four] = await store.history({ limit: 1 });
      assert.equal(four?.seq, 4);
      assert.equal(four.previousHash, before.history[0]?.hash);
    });
  }));

Deno.test("KV store: drops requests that ended a day ago while it was closed", () =>
  withStoreFile(async (file) => {
    const clock = new FakeClock(sampleMs);
    const store = await file.open({ clock });
    const ended = { outcome: "expired", endedAtMs: sampleMs } as const;
    await store.commit({
      puts: [putRequest(sampleRequest(1, 1, ended)), putRequest(sampleRequest(2, 1))],
    });
    await store.close();
    await clock.advance(dayMs);
    const reopened = await file.open({ clock });
    assert.deepEqual(reopened.list("request").map(({ id }) => id), [fakeId("req", 2)]);
    await reopened.close();
  }));

Deno.test("KV store: the chain holds over a restart after old entries were trimmed", () =>
  withStoreFile(async (file) => {
    const options = {
      clock: new FakeClock(sampleMs),
      retention: { maxAgeMs: dayMs, maxEntries: 700 },
    };
    const store = await file.open(options);
    for (let n = 0; n < 4; n++) {
      await store.commit({ history: Array.from({ length: 600 }, (_, m) => sampleDraft(`${m}`)) });
    }
    await store.close();
    const reopened = await file.open(options);
    assert.deepEqual(reopened.damage, []);
    const seqs = (await reopened.history({ limit: 10_000 })).map(({ seq }) => seq);
    assert.deepEqual(seqs, Array.from({ length: 700 }, (_, n) => 2400 - n));
    await reopened.close();
  }));

Deno.test("KV store: Deno KV is told when an ended request drops out", () =>
  withStoreFile(async (file) => {
    const clock = new FakeClock(Date.now());
    const store = await file.open({ clock });
    const ended = { outcome: "denied", endedAtMs: clock.nowMs() - 1000 } as const;
    await store.commit({
      puts: [putRequest(sampleRequest(1, 1, ended)), putRequest(sampleRequest(2, 1))],
    });
    await store.close();
    const database = new DatabaseSync(file.path, { readOnly: true });
    const query = database.prepare(
      "SELECT expiration_ms AS at FROM kv WHERE instr(k, CAST(? AS BLOB)) > 0",
    );
    const dropsAtMs = Number(query.get(fakeId("req", 1))?.["at"]);
    const early = ended.endedAtMs + dayMs - dropsAtMs;
    // Deno KV counts from its own now, which has gone on since.
    assert.ok(early <= 0 && early > -60_000, `${early} ms too early`);
    assert.equal(Number(query.get(fakeId("req", 2))?.["at"]), -1);
    database.close();
  }));

Deno.test("KV store: history of long ago goes at the next start, but for the entry that the chain goes on from", () =>
  withStoreFile(async (file) => {
    const clock = new FakeClock(sampleMs);
    const before = await file.open({ clock });
    await before.commit({
      history: ["one", "two", "three"].map((message) => sampleDraft(message)),
    });
    await before.close();
    await clock.advance(400 * dayMs);
    for (const message of ["three", "four"]) {
      const store = await file.open({ clock });
      // What is due is gone once a later commit is through.
      await store.commit({});
      assert.deepEqual((await store.history({ limit: 10 })).map((entry) => entry.message), [
        message,
      ]);
      assert.deepEqual(store.damage, []);
      await store.commit({ history: [sampleDraft("four", 0, { atMs: clock.nowMs() })] });
      await store.close();
    }
  }));

Deno.test("KV store: its files are its owner's alone", {
  // There are no modes on Windows; the data directory is the user's own there.
  ignore: Deno.build.os === "windows",
}, () =>
  withStoreFile(async (file) => {
    await file.with((store) => store.commit({ puts: [putApp(sampleApp(1))] }));
    const store = await file.open();
    for await (const { name } of Deno.readDir(file.directory)) {
      const mode = (await Deno.stat(join(file.directory, name))).mode ?? 0;
      assert.equal((mode & 0o777).toString(8), "600", name);
    }
    await store.close();
  }));

Deno.test("KV store: finishes what was asked for before it closes, and nothing after", () =>
  withStoreFile(async (file) => {
    const store = await file.open();
    const commits = Array.from({ length: 50 }, (_, n) => {
      return store.commit({ puts: [putApp(sampleApp(n))], history: [sampleDraft(`${n}`)] });
    });
    await store.close();
    assert.ok((await Promise.all(commits)).every(({ committed }) => committed));
    await assert.rejects(store.commit({}), StoreUnavailableError);
    await file.with((reopened) => {
      assert.equal(reopened.list("app").length, 50);
      return Promise.resolve();
    });
  }));

/** Deno KV whose commits go through `around`: counted, or made to fail. */
function withCommits(
  kv: Deno.Kv,
  around: (commit: () => Promise<Deno.KvCommitResult | Deno.KvCommitError>) => Promise<
    Deno.KvCommitResult | Deno.KvCommitError
  >,
): Deno.Kv {
  return new Proxy(kv, {
    get(target, name) {
      if (name !== "atomic") {
        const member = Reflect.get(target, name, target);
        return typeof member === "function" ? member.bind(target) : member;
      }
      return () => {
        const atomic = target.atomic();
        const commit = atomic.commit.bind(atomic);
        atomic.commit = () => around(commit);
        return atomic;
      };
    },
  });
}

Deno.test("KV store: history that waits is written together, up to what one commit holds", async () => {
  let commits = 0;
  const kv = withCommits(await Deno.openKv(":memory:"), (commit) => {
    commits++;
    return commit();
  });
  const store = await KvStore.load(kv, { clock: new FakeClock(sampleMs) });
  const detail = { text: "x".repeat(7000) };
  await Promise.all(Array.from({ length: 3000 }, (_, n) => {
    return store.commit({ history: [sampleDraft(`${n}`, 0, n % 30 === 0 ? { detail } : {})] });
  }));
  assert.ok(commits >= 4 && commits <= 6, `${commits} commits`);
  assert.equal((await store.history({ limit: 1 }))[0]?.seq, 3000);
  await store.close();
});

Deno.test("KV store: a failing check spoils no other batch of its group", async () => {
  const store = await KvStore.load(await Deno.openKv(":memory:"), { clock: new FakeClock() });
  const fails = [{ noun: "app", id: fakeId("app", 1), version: "0" }] as const;
  const results = await Promise.all([
    store.commit({ history: [sampleDraft("one")] }),
    store.commit({ history: [sampleDraft("two")], checks: fails }),
    store.commit({ history: [sampleDraft("three")] }),
  ]);
  assert.deepEqual(results.map(({ committed }) => committed), [true, false, true]);
  const messages = (await store.history({ limit: 10 })).map(({ message }) => message);
  assert.deepEqual(messages, ["three", "one"]);
  await store.close();
});

for (const fault of [new Error("database or disk is full"), new TypeError("database is locked")]) {
  Deno.test(`KV store: "${fault.message}" changes nothing, and passes`, async () => {
    let failing = false;
    const kv = withCommits(await Deno.openKv(":memory:"), (commit) => {
      return failing ? Promise.reject(fault) : commit();
    });
    const store = await KvStore.load(kv, { clock: new FakeClock(sampleMs) });
    await store.commit({ puts: [putApp(sampleApp(1))], history: [sampleDraft("before")] });
    const before = store.get("app", fakeId("app", 1));
    let told = 0;
    store.subscribe(() => told++);

    failing = true;
    const results = await Promise.allSettled([
      store.commit({ removals: [{ noun: "app", id: fakeId("app", 1) }] }),
      store.commit({ history: [sampleDraft("lost")] }),
      store.commit({ history: [sampleDraft("lost too")] }),
    ]);
    for (const result of results) {
      assert.ok(result.status === "rejected" && result.reason instanceof StoreUnavailableError);
      assert.ok(result.reason.message.includes(fault.message));
    }
    assert.deepEqual(store.get("app", fakeId("app", 1)), before);
    assert.equal(told, 0);

    failing = false;
    await store.commit({ history: [sampleDraft("after")] });
    const history = await store.history({ limit: 10 });
    assert.deepEqual(history.map(({ seq, message }) => [seq, message]), [[2, "after"], [
      1,
      "before",
    ]]);
    await store.close();
  });
}

Deno.test("KV store: a commit that failed on its way back is found by the next one", async () => {
  let failing = false;
  const kv = withCommits(await Deno.openKv(":memory:"), async (commit) => {
    const result = await commit();
    if (failing) throw new Error("connection lost");
    return result;
  });
  const store = await KvStore.load(kv, { clock: new FakeClock(sampleMs) });
  failing = true;
  const lost = store.commit({ puts: [putApp(sampleApp(1))], history: [sampleDraft("unsure")] });
  await assert.rejects(lost, StoreUnavailableError);
  failing = false;
  await store.commit({ history: [sampleDraft("sure")] });
  assert.deepEqual(store.get("app", fakeId("app", 1))?.record, sampleApp(1));
  const messages = (await store.history({ limit: 10 })).map(({ message }) => message);
  assert.deepEqual(messages, ["sure", "unsure"]);
  await store.close();
});

Deno.test("KV store: the witness hears of the history within a second, and at the end", async () => {
  const clock = new FakeClock(sampleMs);
  const written: number[] = [];
  let full = false;
  const witness = {
    read: () => Promise.resolve(null),
    write: ({ seq }: { seq: number }) => {
      written.push(seq);
      return full ? Promise.reject(new Error("disk full")) : Promise.resolve();
    },
  };
  const store = await KvStore.load(await Deno.openKv(":memory:"), { clock, witness });
  for (const message of ["one", "two"]) await store.commit({ history: [sampleDraft(message)] });
  await clock.advance(999);
  assert.deepEqual(written, []);
  await clock.advance(1);
  assert.deepEqual(written, [2]);
  full = true;
  await store.commit({ history: [sampleDraft("three")] });
  await clock.advance(1000);
  await store.commit({ history: [sampleDraft("four")] });
  await store.close();
  assert.deepEqual(written, [2, 3, 4]);
  assert.equal(clock.waiting, 0);
});

/** Resolves with the first change that another process has made. */
function nextRemoteChange(store: KvStore): Promise<StoreChange> {
  return new Promise((resolve) => {
    const unsubscribe = store.subscribe((change) => {
      if (change.origin !== "remote") return;
      unsubscribe();
      resolve(change);
    });
  });
}

Deno.test("KV store: sees what another process on the same store commits", () =>
  withStoreFile(async (file) => {
    const ours = await file.open();
    const theirs = await file.open();
    const grant = sampleGrant(1, 1);

    let heard = nextRemoteChange(ours);
    await theirs.commit({ puts: [putGrant(grant)], history: [sampleDraft("given")] });
    const history = await theirs.history({ limit: 1 });
    assert.deepEqual(await heard, {
      origin: "remote",
      puts: [putGrant(grant)],
      removed: [],
      history,
    });
    assert.deepEqual(ours.get("grant", grant.id), theirs.get("grant", grant.id));
    const index = ours.grantsOf(grant.appId);

    heard = nextRemoteChange(ours);
    await theirs.commit({ history: [sampleDraft("used")] });
    const used = await heard;
    assert.deepEqual(used.puts, []);
    assert.deepEqual(used.history.map(({ message }) => message), ["used"]);
    assert.equal(ours.grantsOf(grant.appId), index);

    heard = nextRemoteChange(ours);
    await theirs.commit({ removals: [{ noun: "grant", id: grant.id }] });
    assert.deepEqual((await heard).removed, [putGrant(grant)]);
    assert.deepEqual(ours.grantsOf(grant.appId).all, []);

    await ours.close();
    await theirs.close();
  }));

/** Deno KV as a second process on the same KV Connect server has it: closing it leaves the first one's open. */
function secondConnection(kv: Deno.Kv): Deno.Kv {
  return new Proxy(kv, {
    get(target, name) {
      if (name === "close") return () => {};
      const member = Reflect.get(target, name, target);
      return typeof member === "function" ? member.bind(target) : member;
    },
  });
}

Deno.test("KV store: two processes on one server never overwrite each other, nor break the chain that both trim", async () => {
  const kv = await Deno.openKv(":memory:");
  const clock = new FakeClock(sampleMs);
  const options = { clock, retention: { maxAgeMs: dayMs, maxEntries: 25 } };
  const stores = [
    await KvStore.load(kv, options),
    await KvStore.load(secondConnection(kv), options),
  ] as const;
  const wins = [0, 0];
  await Promise.all(stores.map(async (store, which) => {
    for (let n = 0; n < 60; n++) {
      const id = fakeId("app", n);
      const { committed } = await store.commit({
        checks: [{ noun: "app", id, version: null }],
        puts: [putApp(sampleApp(n, { pausedAtMs: which }))],
        history: [sampleDraft(`${which} ${n}`)],
      });
      if (committed) wins[which] = (wins[which] ?? 0) + 1;
    }
  }));
  assert.equal((wins[0] ?? 0) + (wins[1] ?? 0), 60);
  // Each has seen the other's last commit, or reads it now.
  for (const store of stores) await store.commit({ history: [sampleDraft("end")] });
  const third = await KvStore.load(secondConnection(kv), options);
  assert.deepEqual(third.damage, []);
  const seqs = (await third.history({ limit: 25 })).map(({ seq }) => seq);
  assert.deepEqual(seqs, Array.from({ length: 25 }, (_, n) => 62 - n));
  const appsOf = (store: KvStore) => store.list("app").sort((a, b) => a.id < b.id ? -1 : 1);
  assert.deepEqual(appsOf(stores[1]), appsOf(third));
  const counts = [0, 1].map((which) => {
    return third.list("app").filter(({ pausedAtMs }) => pausedAtMs === which).length;
  });
  assert.deepEqual(counts, wins);
  await third.close();
  await stores[1].close();
  await stores[0].close();
});

Deno.test("KV store: a commit of another process in the middle of reading is seen whole", async () => {
  const kv = await Deno.openKv(":memory:");
  const clock = new FakeClock(sampleMs);
  const writer = await KvStore.load(kv, { clock });
  const pauseBoth = (pausedAtMs: number) => {
    return writer.commit({ puts: [1, 2].map((n) => putApp(sampleApp(n, { pausedAtMs }))) });
  };
  await pauseBoth(1);
  let disturbed = false;
  const disturbing = new Proxy(secondConnection(kv), {
    get(target, name) {
      const member = Reflect.get(target, name);
      if (name !== "list") return member;
      return async function* (selector: Deno.KvListSelector, options?: Deno.KvListOptions) {
        for await (const entry of kv.list(selector, { ...options, batchSize: 1 })) {
          yield entry;
          if (!disturbed) await pauseBoth(2);
          disturbed = true;
        }
      };
    },
  });
  const reader = await KvStore.load(disturbing, { clock });
  assert.deepEqual(reader.list("app").map(({ pausedAtMs }) => pausedAtMs), [2, 2]);
  assert.ok(disturbed);
  await reader.close();
  await writer.close();
});
