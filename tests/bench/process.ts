/** How the processes of a benchmark talk: each says its port in its first line, and ends with the one that began it. @module */
import { createInterface } from "node:readline/promises";
import process from "node:process";
import { Readable } from "node:stream";

/** Says, in a line of its own, where this server listens, and ends this process with the one that began it. */
export function announce(line: string): void {
  process.stdout.write(`${line}\n`);
  process.stdin.on("end", () => process.exit()).resume();
}

/** Lines that come in on standard input, until it ends. */
export function inputLines(): AsyncIterable<string> {
  return createInterface({ input: process.stdin });
}

/** A process that was started, and its lines. */
export interface Started extends AsyncDisposable {
  /** Writes a line to it. */
  send(line: string): Promise<void>;
  /** The next line that it writes. */
  nextLine(): Promise<string>;
}

/**
 * Starts a program. Disposing kills it and waits for its end.
 *
 * @param stderr Where its standard error goes; a server that logs each connection there is slowed by our reading it.
 */
export function start(
  command: string,
  args: readonly string[],
  stderr: "inherit" | "null" = "inherit",
): Started {
  const child = new Deno.Command(command, {
    args: [...args],
    stdin: "piped",
    stdout: "piped",
    stderr,
    env: { NO_COLOR: "1" },
  }).spawn();
  const writer = child.stdin.getWriter();
  const input = Readable.fromWeb(child.stdout as never);
  const lines = createInterface({ input })[Symbol.asyncIterator]();
  return {
    async send(line) {
      await writer.write(new TextEncoder().encode(`${line}\n`));
    },
    async nextLine() {
      const { done, value } = await lines.next();
      if (done) throw new Error(`${command} ${args.join(" ")} ended`);
      return value;
    },
    async [Symbol.asyncDispose]() {
      try {
        child.kill("SIGKILL");
      } catch {
        // It has ended by itself.
      }
      await child.status;
      writer.close().catch(() => {});
    },
  };
}

/** Starts one of the scripts beside this one. */
export function startScript(name: string, ...args: string[]): Started {
  const path = new URL(name, import.meta.url).pathname;
  return start(Deno.execPath(), ["run", "-A", "--no-lock", path, ...args]);
}
