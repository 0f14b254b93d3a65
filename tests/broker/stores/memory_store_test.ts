/** The store in memory against the contract of stores. @module */
import assert from "node:assert/strict";
import { StoreUnavailableError } from "../../../broker/actions/ports.ts";
import { MemoryStore } from "../../../broker/stores/memory_store.ts";
import { FakeClock } from "../../fakes/fake_clock.ts";
import { putApp, sampleApp } from "./sample_records.ts";
import { testStoreContract } from "./store_contract.ts";

testStoreContract("memory store", (options) => {
  return { store: new MemoryStore(options), close: () => Promise.resolve() };
});

Deno.test("memory store: fails on demand, and recovers", async () => {
  const store = new MemoryStore({ clock: new FakeClock() });
  store.unavailableBecause = "The disk is full.";
  const batch = { puts: [putApp(sampleApp(1))] };
  await assert.rejects(store.commit(batch), (fault) => {
    return fault instanceof StoreUnavailableError && fault.message === "The disk is full.";
  });
  assert.deepEqual(store.list("app"), []);
  store.unavailableBecause = null;
  assert.deepEqual(await store.commit(batch), { committed: true });
});
