/** The store in Deno KV against the contract of stores. @module */
import { KvStore } from "../../../broker/stores/kv_store.ts";
import { testStoreContract } from "./store_contract.ts";

testStoreContract("KV store", async (options) => {
  const store = await KvStore.load(await Deno.openKv(":memory:"), options);
  return { store, close: () => store.close() };
});
