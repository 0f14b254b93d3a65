/** Opening the store: a file on this machine, or a KV Connect server. @module */
import { StoreUnavailableError } from "../actions/ports.ts";
import { KvStore, type KvStoreOptions } from "./kv_store.ts";
import { StoreDamagedError } from "./store_damaged_error.ts";

/**
 * Opens, reads and checks a store; makes an empty one where there is no file.
 *
 * @param location The path of a file in a directory that is there, or the URL of a KV Connect server.
 * @throws StoreDamagedError when it is damaged as a whole: a store that is damaged in places opens, and says so in
 *   `damage`. StoreUnavailableError when it can't be reached, or another program holds its file.
 */
export async function openKvStore(location: string, options: KvStoreOptions): Promise<KvStore> {
  let kv: Deno.Kv | null = null;
  try {
    if (!/^https?:/.test(location)) await makePrivate(location);
    kv = await Deno.openKv(location);
    return await KvStore.load(kv, options);
  } catch (fault) {
    kv?.close();
    throw explained(fault, location);
  }
}

/** Makes a store's file its owner's alone before there is anything in it; SQLite gives the files beside it its mode. */
async function makePrivate(path: string): Promise<void> {
  const file = await Deno.open(path, { write: true, create: true, mode: 0o600 });
  file.close();
  if (Deno.build.os !== "windows") await Deno.chmod(path, 0o600);
}

/** SQLite and Deno KV tell damage apart by their message alone. */
const damageMessages =
  /not a database|malformed|deserialize|value encoding|corrupt|unsupported file format|no such (table|column)/i;

function explained(fault: unknown, location: string): unknown {
  if (fault instanceof StoreDamagedError) {
    return new StoreDamagedError(fault.reason, location, { cause: fault });
  }
  if (!(fault instanceof Error) || fault instanceof StoreUnavailableError) return fault;
  if (damageMessages.test(fault.message)) {
    return new StoreDamagedError(fault.message, location, { cause: fault });
  }
  // What Deno itself refuses (no permission, no such directory) says enough as it is.
  if (Object.values(Deno.errors).some((kind) => fault instanceof kind)) return fault;
  return new StoreUnavailableError(`The store ${location} can't be opened (${fault.message}).`, {
    cause: fault,
  });
}
