/** Finding the broker that serves a data directory, from another process of the same user. @module */
import { join } from "node:path";
import { readServerRecord, type ServerRecord } from "./server_record.ts";

/**
 * The broker that serves this data directory now; null when none does. What a killed broker left behind does not count:
 * its port may be somebody else's by now, who must not be shown the admin token.
 */
export async function findRunningServer(directory: string): Promise<ServerRecord | null> {
  const lock = await Deno.open(join(directory, "broker.lock"), { read: true }).catch((fault) => {
    if (fault instanceof Deno.errors.NotFound) return null;
    throw fault;
  });
  if (lock === null) return null;
  try {
    // Whoever can have the lock shows that nobody holds it.
    return await lock.tryLock(false) ? null : await readServerRecord(directory);
  } finally {
    lock.close();
  }
}
