/** What every small command has in common: where the data is, and how it ends. @module */
import { parseArgs } from "node:util";
import { defaultDataDirectory } from "../stores/data_directory.ts";
import { AskError } from "./ask_broker.ts";
import { UsageError } from "./start_options.ts";

/** The data directory of this user on this machine. */
export function ownDataDirectory(): string {
  const names = { windows: ["LOCALAPPDATA"], darwin: ["HOME"] }[Deno.build.os as string] ??
    ["XDG_DATA_HOME", "HOME"];
  const env = Object.fromEntries(names.map((name) => [name, Deno.env.get(name)]));
  return defaultDataDirectory(Deno.build.os, env);
}

/** A small command: its words, and the data directory that it is for. */
export interface CommandLine {
  readonly words: readonly string[];
  readonly dataDirectory: string;
  /** Whether `--json` was given. */
  readonly json: boolean;
}

/**
 * Reads words, `--data DIR` and `--json`, runs the command, and prints what it returns. Ends with code 2 when the command line is
 * wrong, with 1 when the broker could not do it.
 */
export async function runCommand(
  usage: string,
  command: (line: CommandLine) => Promise<string>,
): Promise<void> {
  try {
    const options = {
      data: { type: "string" },
      help: { type: "boolean", short: "h" },
      json: { type: "boolean" },
    } as const;
    const { values, positionals } = parseArgs({ args: Deno.args, options, allowPositionals: true });
    if (values.help) return print(usage);
    const dataDirectory = values.data ?? ownDataDirectory();
    print(await command({ words: positionals, dataDirectory, json: values.json ?? false }));
  } catch (fault) {
    if (fault instanceof AskError) return fail(1, fault.message);
    if (fault instanceof UsageError || (fault instanceof TypeError && "code" in fault)) {
      return fail(2, `${fault.message}\n\n${usage}`);
    }
    throw fault;
  }
}

/** Writes a line to standard output. */
export function print(text: string): void {
  Deno.stdout.writeSync(new TextEncoder().encode(`${text}\n`));
}

/** Writes a line to standard error and ends the process. */
export function fail(code: number, text: string): never {
  Deno.stderr.writeSync(new TextEncoder().encode(`${text}\n`));
  Deno.exit(code);
}
