/** Read, decide, write: again from the start when somebody else wrote first. @module */
import { type Batch, type Broker, StoreUnavailableError } from "./ports.ts";

const maxAttempts = 8;

/**
 * Runs `attempt` on the current records and commits the batch it returns; when a check of the batch fails, runs it
 * again on the new state. A null batch writes nothing.
 *
 * @returns The `result` of the attempt that was committed.
 * @throws What `attempt` throws, and `StoreUnavailableError` when the store can't write or never comes to rest.
 */
export async function transact<Result>(
  broker: Broker,
  attempt: () => { batch: Batch | null; result: Result },
): Promise<Result> {
  for (let count = 0; count < maxAttempts; count++) {
    const { batch, result } = attempt();
    if (batch === null || (await broker.store.commit(batch)).committed) return result;
  }
  throw new StoreUnavailableError("The records kept changing while this was being written.");
}
