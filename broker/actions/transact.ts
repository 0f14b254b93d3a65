/** Read, decide, write: one after the other in this process, and again when another process wrote first. @module */
import { type Batch, type Broker, type Store, StoreUnavailableError } from "./ports.ts";

const maxAttempts = 8;

// The last transaction on each store. Without this queue, fifty sockets that ask the same at once would each see forty-nine
// commits fail; with it only other processes on the same store can be first.
const lastOn = new WeakMap<Store, Promise<unknown>>();

/**
 * Runs `attempt` on the current records and commits the batch it returns; when a check of the batch fails, runs it
 * again on the new state. A null batch writes nothing.
 *
 * @returns The `result` of the attempt that was committed.
 * @throws What `attempt` throws, and `StoreUnavailableError` when the store can't write or never comes to rest.
 */
export function transact<Result>(
  { store }: Pick<Broker, "store">,
  attempt: () => { batch: Batch | null; result: Result },
): Promise<Result> {
  const before = lastOn.get(store) ?? Promise.resolve();
  const result = before.then(() => run(store, attempt));
  lastOn.set(store, result.catch(() => {}));
  return result;
}

async function run<Result>(
  store: Store,
  attempt: () => { batch: Batch | null; result: Result },
): Promise<Result> {
  for (let count = 0; count < maxAttempts; count++) {
    const { batch, result } = attempt();
    if (batch === null || (await store.commit(batch)).committed) return result;
  }
  throw new StoreUnavailableError("The records kept changing while this was being written.");
}
