/** Any run of batches leaves the store in memory and the store in Deno KV with the same contents. @module */
import assert from "node:assert/strict";
import fc from "fast-check";
import type { Batch, Check, Noun, Put, Store } from "../../../broker/actions/ports.ts";
import { KvStore } from "../../../broker/stores/kv_store.ts";
import { MemoryStore } from "../../../broker/stores/memory_store.ts";
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

/** A batch whose checks name no version: versions differ from store to store. */
interface Plan {
  readonly checks: readonly { put: Put; expected: "current" | "absent" | "stale" }[];
  readonly puts: readonly Put[];
  readonly removals: readonly Put[];
  readonly messages: readonly string[];
  /** Whether it is asked for before the one before it is done. */
  readonly together: boolean;
  readonly advanceMs: number;
}

const number = fc.integer({ min: 1, max: 4 });
const dayMs = 24 * 60 * 60 * 1000;

const put: fc.Arbitrary<Put> = fc.oneof(
  fc.tuple(number, number).map(([n, ms]) => putApp(sampleApp(n, { pausedAtMs: ms }))),
  fc.tuple(number, number, fc.constantFrom("allow", "deny")).map(([n, app, effect]) => {
    return putGrant(sampleGrant(n, app, { effect }));
  }),
  fc.tuple(number, fc.boolean()).map(([n, ended]) => {
    const end = ended ? { outcome: "denied", endedAtMs: sampleMs + n } as const : {};
    return putRequest(sampleRequest(n, 1, end));
  }),
  fc.constantFrom("ask", "quiet").map((mode): Put => {
    return { noun: "settings", id: "settings", record: { v: 1, mode } };
  }),
);

const plan: fc.Arbitrary<Plan> = fc.record({
  checks: fc.array(
    fc.record({ put, expected: fc.constantFrom("current", "current", "absent", "stale") }),
    { maxLength: 2 },
  ),
  puts: fc.array(put, { maxLength: 4 }),
  removals: fc.array(put, { maxLength: 2 }),
  messages: fc.array(fc.string({ maxLength: 8, unit: "binary" }), { maxLength: 3 }),
  together: fc.boolean(),
  advanceMs: fc.constantFrom(0, 0, 0, dayMs / 2),
});

function batchFor(store: Store, plan: Plan): Batch {
  const checks = plan.checks.map(({ put: { noun, id }, expected }): Check => {
    const version = expected === "current" ? store.get(noun, id)?.version ?? null : null;
    return { noun, id, version: expected === "stale" ? "0" : version };
  });
  return {
    checks,
    puts: plan.puts,
    removals: plan.removals.map(({ noun, id }) => ({ noun, id })),
    history: plan.messages.map((message, n) => sampleDraft(message, n)),
  };
}

/** Runs the plans; returns how each went: committed or not, or the name of the error. */
async function run(store: Store, clock: FakeClock, plans: readonly Plan[]): Promise<unknown[]> {
  const outcomes: Promise<unknown>[] = [];
  for (const plan of plans) {
    if (!plan.together) await Promise.all(outcomes);
    if (plan.advanceMs > 0) {
      await Promise.all(outcomes);
      await clock.advance(plan.advanceMs);
    }
    // Read now and again, what is built on first reading has to follow the changes.
    for (const app of [1, 2, 3, 4]) store.grantsOf(fakeId("app", app));
    outcomes.push(
      store.commit(batchFor(store, plan)).then(({ committed }) => committed, (fault) => fault.name),
    );
  }
  return await Promise.all(outcomes);
}

async function contentsOf(store: Store): Promise<unknown> {
  const nouns: Noun[] = ["app", "grant", "request", "settings"];
  return {
    records: nouns.map((noun) =>
      [...store.list(noun)].map((record) => JSON.stringify(record)).sort()
    ),
    grants: [1, 2, 3, 4].map((n) => store.grantsOf(fakeId("app", n)).all),
    history: await store.history({ limit: 1000 }),
  };
}

Deno.test("stores: random batches leave memory and KV with the same contents, and a restart changes nothing", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(plan, { minLength: 1, maxLength: 25 }), async (plans) => {
      const clocks = [new FakeClock(sampleMs), new FakeClock(sampleMs)] as const;
      const memory = new MemoryStore({ clock: clocks[0] });
      const kv = await Deno.openKv(":memory:");
      const durable = await KvStore.load(kv, { clock: clocks[1] });
      try {
        assert.deepEqual(await run(durable, clocks[1], plans), await run(memory, clocks[0], plans));
        const contents = await contentsOf(durable);
        assert.deepEqual(contents, await contentsOf(memory));
        const reader = await KvStore.load(kv, { clock: clocks[1] });
        assert.deepEqual(reader.damage, []);
        assert.deepEqual(await contentsOf(reader), contents);
      } finally {
        await durable.close();
      }
    }),
    { numRuns: 150 },
  );
});
