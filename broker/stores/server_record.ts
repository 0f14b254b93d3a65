/** `server.json` in the data directory: which process serves, and where. @module */
import { join } from "node:path";
import { z } from "zod";
import { Instant } from "../schema/time.ts";
import { readPrivateFile, writePrivateFile } from "./private_file.ts";

/** Which process serves, and where. It stays behind when the process is killed. */
export const ServerRecord = z.strictObject({
  v: z.literal(1),
  pid: z.int().min(1),
  port: z.int().min(1).max(65535),
  startedAtMs: Instant,
});
/** Which process serves, and where. */
export type ServerRecord = z.infer<typeof ServerRecord>;

/** Reads the record of a data directory; null when there is none, or none that can be read. */
export async function readServerRecord(directory: string): Promise<ServerRecord | null> {
  const text = await readPrivateFile(join(directory, "server.json"));
  try {
    return text === null ? null : ServerRecord.parse(JSON.parse(text));
  } catch {
    return null;
  }
}

/** Writes the record of a data directory. */
export async function writeServerRecord(directory: string, record: ServerRecord): Promise<void> {
  await writePrivateFile(join(directory, "server.json"), `${JSON.stringify(record)}\n`);
}

/** Removes the record of a data directory, if there is one. */
export async function removeServerRecord(directory: string): Promise<void> {
  await Deno.remove(join(directory, "server.json")).catch((fault) => {
    if (!(fault instanceof Deno.errors.NotFound)) throw fault;
  });
}
