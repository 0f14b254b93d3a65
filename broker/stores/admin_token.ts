/** `admin.token` in the data directory: what the command line shows to the broker to be let in. @module */
import { join } from "node:path";
import type { Secrets } from "../actions/ports.ts";
import { readPrivateFile, writePrivateFile } from "./private_file.ts";

const fileName = "admin.token";
/** 256 bits or more in base64url. */
const tokenForm = /^[A-Za-z0-9_-]{43,128}$/;

/**
 * The admin token of a data directory; null when none was made yet.
 *
 * @throws Error when the file holds no token.
 */
export async function readAdminToken(directory: string): Promise<string | null> {
  const path = join(directory, fileName);
  const token = (await readPrivateFile(path))?.trim() ?? null;
  if (token === null || tokenForm.test(token)) return token;
  throw new Error(`${path} holds no admin token. Remove the file: the next start makes a new one.`);
}

/** The admin token of a data directory, made now if none was made yet. Throws as `readAdminToken` does. */
export async function readOrMakeAdminToken(directory: string, secrets: Secrets): Promise<string> {
  const token = await readAdminToken(directory);
  if (token !== null) return token;
  const made = secrets.newToken();
  await writePrivateFile(join(directory, fileName), `${made}\n`);
  return made;
}
