/** The directory in which the broker keeps what outlives it: where it is, who may read it, and who holds it. @module */
import { join, posix, win32 } from "node:path";
import type { Secrets } from "../actions/ports.ts";
import { readOrMakeAdminToken } from "./admin_token.ts";
import { type HistoryWitness, historyWitnessIn } from "./history_witness.ts";
import {
  readServerRecord,
  removeServerRecord,
  type ServerRecord,
  writeServerRecord,
} from "./server_record.ts";

/**
 * The data directory of this user: `$XDG_DATA_HOME/gatehouse` or `~/.local/share/gatehouse` (XDG Base Directory
 * Specification), `~/Library/Application Support/Gatehouse` on macOS, `%LOCALAPPDATA%\Gatehouse` on Windows.
 *
 * @param os The name of the operating system, as in `Deno.build.os`.
 * @param env The environment variables, by name.
 * @throws Error when the variable that it is made from is not set.
 */
export function defaultDataDirectory(
  os: string,
  env: Readonly<Record<string, string | undefined>>,
): string {
  const needed = (name: string): string => {
    const value = env[name];
    if (value) return value;
    throw new Error(
      `There is no place for the broker's data: ${name} is not set. Give one with --data DIR.`,
    );
  };
  if (os === "windows") return win32.join(needed("LOCALAPPDATA"), "Gatehouse");
  if (os === "darwin") return posix.join(needed("HOME"), "Library/Application Support/Gatehouse");
  // The specification has relative paths ignored.
  const xdg = env["XDG_DATA_HOME"];
  if (xdg && posix.isAbsolute(xdg)) return posix.join(xdg, "gatehouse");
  return posix.join(needed("HOME"), ".local/share/gatehouse");
}

/** Thrown when another process holds the data directory. */
export class DataDirectoryInUseError extends Error {
  override name = "DataDirectoryInUseError";

  /** @param holder The process that holds it, as far as it has said so. */
  constructor(readonly path: string, readonly holder: ServerRecord | null) {
    const who = holder === null
      ? "another process"
      : `process ${holder.pid}, which serves http://gatehouse.localhost:${holder.port}`;
    super(
      `The data directory ${path} is in use by ${who}. ` +
        "Use that broker (deno task link prints a link to it), stop it, or start this one with --data DIR and --port N.",
    );
  }
}

/** A data directory that this process holds. */
export interface DataDirectory {
  /** The directory. */
  readonly path: string;
  /** The file of the store; not necessarily there yet. */
  readonly kvPath: string;
  /** The token that the command line shows to the broker; made at the first start. */
  readonly adminToken: string;
  /** Remembers how far the history has come. */
  readonly witness: HistoryWitness;
  /** Tells other processes of this user which process serves, and where. */
  announce(server: Omit<ServerRecord, "v">): Promise<void>;
  /** Takes back what was announced, and lets go of the directory. */
  close(): Promise<void>;
}

/**
 * Takes hold of a data directory, and makes it when it is not there. It, and every file in it, is made its user's alone:
 * by modes, not by a umask, which would take `--allow-sys` without a name. The operating system lets go of the directory
 * when the process ends, however it ends.
 *
 * @throws DataDirectoryInUseError when another process holds it; Error when `admin.token` holds no token.
 */
export async function openDataDirectory(path: string, secrets: Secrets): Promise<DataDirectory> {
  await Deno.mkdir(path, { recursive: true, mode: 0o700 });
  if (Deno.build.os !== "windows") {
    await Deno.chmod(path, 0o700);
    for await (const { name, isFile } of Deno.readDir(path)) {
      if (isFile) await Deno.chmod(join(path, name), 0o600);
    }
  }
  const lock = await Deno.open(join(path, "broker.lock"), {
    write: true,
    create: true,
    mode: 0o600,
  });
  try {
    if (!await lock.tryLock(true)) {
      throw new DataDirectoryInUseError(path, await readServerRecord(path));
    }
    // That of a process that was killed: whoever is refused from now on must not be sent to it.
    await removeServerRecord(path);
    const adminToken = await readOrMakeAdminToken(path, secrets);
    return {
      path,
      kvPath: join(path, "gatehouse.kv"),
      adminToken,
      witness: historyWitnessIn(path),
      announce: (server) => writeServerRecord(path, { v: 1, ...server }),
      async close() {
        await removeServerRecord(path);
        lock.close();
      },
    };
  } catch (fault) {
    lock.close();
    throw fault;
  }
}
