/** Child processes of the stores' tests: started, listened to, and killed. @module */
import { fileURLToPath } from "node:url";

/** A child process whose standard output is read line by line. */
export interface Child {
  readonly pid: number;
  /** The next whole line; null when there are no more. */
  nextLine(): Promise<string | null>;
  /** Kills the process as a power cut would. Resolves when it is gone; what it still said can then be read. */
  kill(): Promise<void>;
  /** Ends its standard input, and resolves when it is gone. */
  finish(): Promise<void>;
}

/** Runs a script of this directory with the permissions that a store needs. */
export function startChild(script: string, args: readonly string[]): Child {
  const process = new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--no-prompt",
      "--no-check",
      "--allow-read",
      "--allow-write",
      "--unstable-kv",
      fileURLToPath(import.meta.resolve(`./${script}`)),
      ...args,
    ],
    stdin: "piped",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  const output = process.stdout.pipeThrough(new TextDecoderStream()).getReader();
  let unread = "";
  return {
    pid: process.pid,
    async nextLine() {
      for (;;) {
        const end = unread.indexOf("\n");
        if (end >= 0) {
          const line = unread.slice(0, end);
          unread = unread.slice(end + 1);
          return line;
        }
        const { done, value } = await output.read();
        if (done) return null;
        unread += value;
      }
    },
    async kill() {
      process.kill("SIGKILL");
      await process.status;
      await process.stdin.close().catch(() => {});
    },
    async finish() {
      await process.stdin.close();
      await process.status;
      await output.cancel();
    },
  };
}
