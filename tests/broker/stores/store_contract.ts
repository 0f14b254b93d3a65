/** What every store must do: registered once for each store. @module */
import assert from "node:assert/strict";
import {
  type Batch,
  type Clock,
  type Put,
  type Store,
  type StoreChange,
} from "../../../broker/actions/ports.ts";
import { ChainWalk } from "../../../broker/stores/history_chain.ts";
import type { Retention } from "../../../broker/stores/history_retention.ts";
import { BatchRefusedError } from "../../../broker/stores/prepared_batch.ts";
import { FakeClock } from "../../fakes/fake_clock.ts";
import { fakeId } from "../../fakes/fake_secrets.ts";
import {
  putApp,
  putGrant,
  putRequest,
  putSignIn,
  sampleApp,
  sampleDraft,
  sampleGrant,
  sampleManifest,
  sampleMs,
  sampleRequest,
  sampleSignIn,
} from "./sample_records.ts";

/** A store to be tested, and how to be rid of it. */
export interface OpenedStore {
  readonly store: Store;
  close(): Promise<void>;
}

/** Opens an empty store. */
export type OpenStore = (
  options: { clock: Clock; retention?: Retention },
) => OpenedStore | Promise<OpenedStore>;

const dayMs = 24 * 60 * 60 * 1000;

/** Registers the tests of the contract, each on an empty store. */
export function testStoreContract(name: string, open: OpenStore): void {
  const test = (
    what: string,
    run: (store: Store, clock: FakeClock) => Promise<void>,
    retention?: Retention,
  ) => {
    Deno.test(`${name}: ${what}`, async () => {
      const clock = new FakeClock(sampleMs);
      const opened = await open({ clock, ...(retention ? { retention } : {}) });
      try {
        await run(opened.store, clock);
      } finally {
        await opened.close();
      }
    });
  };

  test("is empty and unharmed at first", async (store) => {
    assert.equal(store.get("app", fakeId("app", 1)), undefined);
    assert.deepEqual([...store.list("grant")], []);
    assert.deepEqual(store.grantsOf(fakeId("app", 1)).all, []);
    assert.deepEqual(await store.history({ limit: 10 }), []);
    assert.deepEqual(store.damage, []);
  });

  test("gives back records of every noun", async (store) => {
    const puts: Put[] = [
      putApp(sampleApp(1)),
      putRequest(sampleRequest(1, 1)),
      putGrant(sampleGrant(1, 1)),
      putSignIn(sampleSignIn(1)),
      { noun: "manifest", id: fakeId("app", 1), record: sampleManifest(1) },
      {
        noun: "icon",
        id: fakeId("app", 1),
        record: { v: 1, id: fakeId("app", 1), png: "", digest: "0".repeat(64) },
      },
      { noun: "settings", id: "settings", record: { v: 1, mode: "quiet" } },
    ];
    assert.deepEqual(await store.commit({ puts }), { committed: true });
    for (const { noun, id, record } of puts) {
      assert.deepEqual(store.get(noun, id)?.record, record);
      assert.deepEqual([...store.list(noun)], [record]);
    }
  });

  test("gives each written record a new version", async (store) => {
    const versions = new Set<string | undefined>();
    for (const pausedAtMs of [null, 1, 1]) {
      await store.commit({ puts: [putApp(sampleApp(1, { pausedAtMs }))] });
      versions.add(store.get("app", fakeId("app", 1))?.version);
    }
    assert.equal(versions.size, 3);
  });

  test("keeps its records from being edited, by writer and by reader", async (store) => {
    const app = sampleApp(1);
    const committed = store.commit({ puts: [putApp(app)] });
    app.claims.name = "Edited";
    await committed;
    const stored = store.get("app", app.id);
    assert.equal(stored?.record.claims.name, "App 1");
    assert.throws(() => stored.record.claims.name = "Edited", TypeError);
  });

  test("commits when every check holds", async (store) => {
    const app = sampleApp(1);
    const absent = { noun: "app", id: app.id, version: null } as const;
    assert.deepEqual(await store.commit({ checks: [absent], puts: [putApp(app)] }), {
      committed: true,
    });
    const version = store.get("app", app.id)?.version ?? "";
    const removal = { noun: "app", id: app.id } as const;
    const result = await store.commit({ checks: [{ ...removal, version }], removals: [removal] });
    assert.deepEqual(result, { committed: true });
    assert.equal(store.get("app", app.id), undefined);
  });

  test("changes nothing when one check of several fails", async (store) => {
    const app = sampleApp(1);
    await store.commit({ puts: [putApp(app)], history: [sampleDraft("first")] });
    const before = store.get("app", app.id);
    let told = 0;
    store.subscribe(() => told++);
    const batch: Batch = {
      puts: [putApp(sampleApp(1, { pausedAtMs: 1 })), putGrant(sampleGrant(1, 1))],
      history: [sampleDraft("second")],
    };
    const holds = { noun: "grant", id: fakeId("grant", 1), version: null } as const;
    for (const version of [null, "00000000000000000000", "no such version"]) {
      const fails = { noun: "app", id: app.id, version } as const;
      assert.deepEqual(await store.commit({ ...batch, checks: [holds, fails] }), {
        committed: false,
      });
    }
    assert.deepEqual(store.get("app", app.id), before);
    assert.deepEqual([...store.list("grant")], []);
    assert.equal((await store.history({ limit: 10 })).length, 1);
    assert.equal(told, 0);
  });

  test("lets one of several commits on the same version win", async (store) => {
    await store.commit({ puts: [putRequest(sampleRequest(1, 1))] });
    const version = store.get("request", fakeId("req", 1))?.version ?? "";
    const results = await Promise.all([1, 2, 3].map((n) =>
      store.commit({
        checks: [{ noun: "request", id: fakeId("req", 1), version }],
        puts: [putRequest(sampleRequest(1, 1, { outcome: "allowed", endedAtMs: sampleMs + n }))],
        history: [sampleDraft(`answer ${n}`)],
      })
    ));
    assert.deepEqual(results.map(({ committed }) => committed), [true, false, false]);
    assert.equal(store.get("request", fakeId("req", 1))?.record.endedAtMs, sampleMs + 1);
    assert.deepEqual((await store.history({ limit: 10 })).map(({ message }) => message), [
      "answer 1",
    ]);
  });

  test("tells its listeners before the commit resolves, with records as they are and were", async (store) => {
    const heard: (StoreChange | "resolved")[] = [];
    const unsubscribe = store.subscribe((change) => {
      assert.deepEqual(store.get("app", fakeId("app", 1))?.record.pausedAtMs, 7);
      heard.push(change);
    });
    const puts = [putApp(sampleApp(1, { pausedAtMs: 7 }))];
    await store.commit({ puts, history: [sampleDraft("paused")] }).then(() =>
      heard.push("resolved")
    );
    const [change, resolved] = heard;
    assert.equal(resolved, "resolved");
    assert.ok(change && change !== "resolved");
    assert.equal(change.origin, "local");
    assert.deepEqual(change.puts, puts);
    assert.deepEqual(change.removed, []);
    assert.deepEqual(change.history, await store.history({ limit: 1 }));

    heard.length = 0;
    store.subscribe((later) => heard.push(later));
    unsubscribe();
    const removals = [{ noun: "app", id: fakeId("app", 1) }, {
      noun: "app",
      id: fakeId("app", 2),
    }] as const;
    await store.commit({ removals });
    assert.deepEqual(heard, [{ origin: "local", puts: [], removed: puts, history: [] }]);
  });

  test("lets a listener commit", async (store) => {
    const order: string[] = [];
    let inner: Promise<unknown> = Promise.resolve();
    store.subscribe(({ history }) => {
      order.push(history.map(({ message }) => message).join());
      if (order.length === 1) inner = store.commit({ history: [sampleDraft("inner")] });
    });
    await store.commit({ puts: [putApp(sampleApp(1))], history: [sampleDraft("outer")] });
    await inner;
    assert.deepEqual(order, ["outer", "inner"]);
  });

  test("indexes the grants of each app, and anew only when they changed", async (store) => {
    const [one, two] = [fakeId("app", 1), fakeId("app", 2)];
    await store.commit({
      puts: [
        putGrant(sampleGrant(3, 1)),
        putGrant(sampleGrant(1, 1, { effect: "deny" })),
        putGrant(sampleGrant(2, 2)),
      ],
    });
    const before = store.grantsOf(one);
    assert.deepEqual(before.all.map(({ id }) => id), [fakeId("grant", 1), fakeId("grant", 3)]);
    assert.deepEqual(before.all.map(({ effect }) => effect), ["deny", "allow"]);

    await store.commit({ removals: [{ noun: "grant", id: fakeId("grant", 2) }] });
    assert.deepEqual(store.grantsOf(two).all, []);
    assert.equal(store.grantsOf(one), before);

    const spent = sampleGrant(3, 1, { spentBy: fakeId("sess", 1) });
    await store.commit({ puts: [putGrant(spent)] });
    assert.deepEqual(store.grantsOf(one).all.at(-1), spent);
    assert.equal(before.all.length, 2);

    await store.commit({ puts: [putGrant(sampleGrant(4, 1)), putGrant(sampleGrant(2, 2))] });
    assert.deepEqual(store.grantsOf(one).all.slice(-2), [spent, sampleGrant(4, 1)]);
    assert.deepEqual(store.grantsOf(two).all, [sampleGrant(2, 2)]);
  });

  test("chains history in the order in which commits were asked for and acknowledged", async (store) => {
    const acknowledged: number[] = [];
    await Promise.all(Array.from({ length: 1500 }, async (_, n) => {
      // Every seventh also writes a record, and so can't be written together with others.
      const puts = n % 7 === 0 ? [putApp(sampleApp(n))] : [];
      await store.commit({ puts, history: [sampleDraft(`${n}`)] });
      acknowledged.push(n);
    }));
    const history = (await store.history({ limit: 2000 })).reverse();
    const expected = Array.from({ length: 1500 }, (_, n) => n);
    assert.deepEqual(acknowledged, expected);
    assert.deepEqual(history.map(({ message }) => Number(message)), expected);
    assert.deepEqual(history.map(({ seq }) => seq), expected.map((n) => n + 1));
    const walk = new ChainWalk({ seq: 0, hash: "0".repeat(64) });
    assert.deepEqual(history.flatMap((entry) => walk.step(entry)), []);
  });

  test("filters history by app, by number and by count", async (store) => {
    const history = Array.from({ length: 12 }, (_, n) => sampleDraft(`${n + 1}`, n % 3));
    await store.commit({ history });
    const seqs = async (filter: Parameters<Store["history"]>[0]) => {
      return (await store.history(filter)).map(({ seq }) => seq);
    };
    assert.deepEqual(await seqs({ limit: 3 }), [12, 11, 10]);
    assert.deepEqual(await seqs({ limit: 3, beforeSeq: 3 }), [2, 1]);
    assert.deepEqual(await seqs({ limit: 100, appId: fakeId("app", 1) }), [11, 8, 5, 2]);
    assert.deepEqual(await seqs({ limit: 1, appId: fakeId("app", 2), beforeSeq: 9 }), [6]);
    assert.deepEqual(await seqs({ limit: 0 }), []);
  });

  test("finds history by kind, time, permission and words", async (store) => {
    const grant = sampleGrant(1, 1);
    await store.commit({
      history: [
        sampleDraft("Allowed IMAP.example.com:993.", 1, {
          kind: "grant-created",
          atMs: sampleMs + 1,
        }),
        sampleDraft("Revoked.", 1, {
          kind: "grant-revoked",
          atMs: sampleMs + 2,
          detail: { grant },
        }),
        sampleDraft("Allowed smtp.example.com:465.", 2, {
          kind: "grant-created",
          atMs: sampleMs + 3,
          target: "smtp.example.com:465",
        }),
      ],
    });
    const seqs = async (match: Omit<Parameters<Store["history"]>[0], "limit">) => {
      return (await store.history({ ...match, limit: 10 })).map(({ seq }) => seq);
    };
    assert.deepEqual(await seqs({ kinds: ["grant-created"] }), [3, 1]);
    assert.deepEqual(await seqs({ kinds: ["grant-created", "grant-revoked"] }), [3, 2, 1]);
    assert.deepEqual(await seqs({ kinds: [] }), []);
    assert.deepEqual(await seqs({ fromMs: sampleMs + 2 }), [3, 2]);
    assert.deepEqual(await seqs({ fromMs: sampleMs + 1, untilMs: sampleMs + 3 }), [2, 1]);
    assert.deepEqual(await seqs({ grantId: grant.id }), [2]);
    assert.deepEqual(await seqs({ words: ["imap", "allowed"] }), [1]);
    assert.deepEqual(await seqs({ words: ["imap", "smtp"] }), []);
  });

  test("keeps the newest history, by count", async (store) => {
    for (let n = 1; n <= 30; n++) await store.commit({ history: [sampleDraft(`${n}`)] });
    const seqs = (await store.history({ limit: 100 })).map(({ seq }) => seq);
    // It may be one behind: what is over is taken away with the next commit.
    assert.deepEqual(seqs.slice(0, 10), [30, 29, 28, 27, 26, 25, 24, 23, 22, 21]);
    assert.ok(seqs.length <= 11, `${seqs.length} entries`);
  }, { maxAgeMs: dayMs, maxEntries: 10 });

  test("drops old history, but never the newest entry", async (store, clock) => {
    const commitNow = (message: string) => {
      return store.commit({ history: [sampleDraft(message, 0, { atMs: clock.nowMs() })] });
    };
    await commitNow("old");
    await commitNow("old too");
    await clock.advance(2 * dayMs);
    await commitNow("new");
    await commitNow("newer");
    assert.deepEqual((await store.history({ limit: 10 })).map(({ seq }) => seq), [4, 3]);
    await clock.advance(9 * dayMs);
    await store.commit({ puts: [putApp(sampleApp(1))], history: [] });
    assert.equal((await store.history({ limit: 10 }))[0]?.seq, 4);
  }, { maxAgeMs: dayMs, maxEntries: 10 });

  test("keeps an ended request for a day, and a pending one for good", async (store, clock) => {
    await store.commit({
      puts: [
        putRequest(sampleRequest(1, 1)),
        putRequest(sampleRequest(2, 1, { outcome: "denied", endedAtMs: sampleMs })),
      ],
    });
    await clock.advance(dayMs - 1);
    assert.equal([...store.list("request")].length, 2);
    await clock.advance(1);
    assert.equal(store.get("request", fakeId("req", 2)), undefined);
    assert.deepEqual([...store.list("request")].map(({ id }) => id), [fakeId("req", 1)]);
  });

  const tooManyGrants = Array.from({ length: 1000 }, (_, n) => putGrant(sampleGrant(n, 1)));
  const bigDetail = { text: "x".repeat(60_000) };
  const refused: [string, Batch, RegExp][] = [
    ["more than 999 changes", { puts: tooManyGrants.slice(1) }, /1000 changes/],
    ["an entry over 64 KiB", {
      history: [sampleDraft("big", 0, { detail: { text: "x".repeat(65_536) } })],
    }, /too big: \d+ bytes/],
    ["more than 700 KiB in all", {
      history: Array.from({ length: 12 }, () => sampleDraft("big", 0, { detail: bigDetail })),
    }, /batch of \d+ bytes/],
    ["the same record twice", {
      puts: [putApp(sampleApp(1))],
      removals: [{ noun: "app", id: fakeId("app", 1) }],
    }, /changes the app app_0+1 twice/],
    ["a record that does not fit its schema", {
      puts: [putGrant(sampleGrant(1, 1, { target: "" }))],
    }, /permission grant_0+1 .*field "target"/],
    ["a record under another id", {
      puts: [{ noun: "app", id: fakeId("app", 2), record: sampleApp(1) }],
    }, /field "id"/],
    ["a history entry that does not fit its schema", {
      history: [sampleDraft("x".repeat(1001))],
    }, /"session-opened" .*field "message"/],
  ];
  for (const [what, batch, message] of refused) {
    test(`refuses ${what}, and writes none of it`, async (store) => {
      const rest = { puts: [putApp(sampleApp(9)), ...(batch.puts ?? [])] };
      await assert.rejects(store.commit({ ...batch, ...rest }), (fault) => {
        return fault instanceof BatchRefusedError && message.test(fault.message);
      });
      assert.deepEqual([...store.list("app")], []);
      assert.deepEqual(await store.history({ limit: 10 }), []);
      assert.deepEqual(await store.commit({ puts: [putApp(sampleApp(9))] }), { committed: true });
    });
  }

  test("takes a batch of exactly 999 changes", async (store) => {
    await store.commit({ puts: tooManyGrants.slice(0, 999) });
    assert.equal(store.grantsOf(fakeId("app", 1)).all.length, 999);
    const removals = tooManyGrants.slice(0, 999).map(({ noun, id }) => ({ noun, id }));
    await store.commit({ removals });
    assert.equal(store.grantsOf(fakeId("app", 1)).all.length, 0);
  });
}
