/** What `deno task start` is told on its command line. @module */
import { parseArgs } from "node:util";

/** How the command line is used. */
export const usage =
  `Usage: deno task start [--port N] [--data DIR] [--no-open] [--config FILE] [--demo]

  --port N       serve on this port of loopback (default: that of the policy, or 8737)
  --data DIR     keep data in this directory instead of the user's own
  --no-open      print the launch link without opening a browser
  --config FILE  take the policy from this file instead of deno.json
  --demo         also start apps to try, which ask for something
  --help         print this`;

/** The port unless told otherwise. */
export const defaultPort = 8737;

/** What the broker is to be started with. */
export interface StartOptions {
  /** Null for the policy's, or else the default. */
  readonly port: number | null;
  /** Null for the user's own data directory. */
  readonly dataDirectory: string | null;
  readonly opensBrowser: boolean;
  /** Null for the project's `deno.json`. */
  readonly configFile: string | null;
  /** Whether the apps to try are started too. */
  readonly withDemo: boolean;
}

/** Thrown when a command line can't be understood; its message says what is wrong. */
export class UsageError extends Error {
  override name = "UsageError";
}

/**
 * Reads a command line; null when help is asked for.
 *
 * @throws UsageError
 */
export function readStartOptions(args: readonly string[]): StartOptions | null {
  const { values } = parseStrictly(args);
  if (values.help) return null;
  return {
    port: values.port === undefined ? null : readPort(values.port),
    dataDirectory: values.data ?? null,
    opensBrowser: !values["no-open"],
    configFile: values.config ?? null,
    withDemo: values.demo ?? false,
  };
}

function parseStrictly(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        port: { type: "string" },
        data: { type: "string" },
        "no-open": { type: "boolean" },
        config: { type: "string" },
        demo: { type: "boolean" },
        help: { type: "boolean", short: "h" },
      },
      strict: true,
      allowPositionals: false,
    });
  } catch (fault) {
    // What it says is for people: "Unknown option '--prot'".
    throw new UsageError(fault instanceof Error ? fault.message : String(fault));
  }
}

function readPort(text: string): number {
  const port = Number(text);
  if (/^\d{1,5}$/.test(text) && port <= 65535) return port;
  throw new UsageError(
    `--port must be a number from 0 to 65535 (0: any that is free), not "${text}".`,
  );
}
