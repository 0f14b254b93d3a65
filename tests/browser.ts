/**
 * Starts the real Chromium that browser tests drive.
 * @module
 */
import { access } from "node:fs/promises";
import { delimiter, join } from "node:path";
import process from "node:process";
import { type Browser, chromium, type LaunchOptions } from "playwright-core";

/** Where to find a browser, and what it is to be started with. */
interface Candidate {
  readonly executablePath: string;
  readonly args: readonly string[];
}

/** What the npm package `@sparticuz/chromium` exports. */
interface PackagedChromium {
  readonly default: { executablePath(): Promise<string> };
}

/** Keeps Chromium from talking to anything but the page under test. */
export const QUIET_ARGS: readonly string[] = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

const NAMES = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

/** The npm package, pinned; imported only where no browser is installed. */
const PACKAGED = "npm:@sparticuz/chromium@147.0.0";

async function exists(path: string): Promise<boolean> {
  return await access(path).then(() => true, () => false);
}

/**
 * The installed Chromium: `CHROMIUM_PATH`, else the first of the usual names on `PATH`.
 *
 * @returns an absolute path, or `null` where none is installed
 */
export async function installedChromium(): Promise<string | null> {
  const chosen = process.env["CHROMIUM_PATH"];
  if (chosen) return chosen;
  for (const directory of (process.env["PATH"] ?? "").split(delimiter)) {
    for (const name of NAMES) {
      const path = join(directory, name);
      if (directory !== "" && await exists(path)) return path;
    }
  }
  return null;
}

/** Unpacks the npm package's headless Chromium into the temporary directory. */
async function packagedChromium(): Promise<Candidate> {
  // The package unpacks its own copies of NSS and friends only where it believes it runs there.
  process.env["AWS_EXECUTION_ENV"] ??= "AWS_Lambda_nodejs22.x";
  const { default: packaged } = await import(PACKAGED) as PackagedChromium;
  // Its own arguments are for a cloud function: in one process, a page that ends takes the browser with it.
  return { executablePath: await packaged.executablePath(), args: [] };
}

/**
 * Launches Chromium: `CHROMIUM_PATH`, else `chromium` or `google-chrome` on `PATH`, else the npm
 * package `@sparticuz/chromium`, a headless shell that loads no extensions.
 *
 * @param options Playwright's launch options; `args` are added to {@link QUIET_ARGS}
 * @throws {Error} when no browser starts; the message says how to install one
 */
export async function launchBrowser(options: LaunchOptions = {}): Promise<Browser> {
  const { args = [], ...others } = options;
  const installed = await installedChromium();
  try {
    const candidate = installed === null
      ? await packagedChromium()
      : { executablePath: installed, args: [] };
    return await chromium.launch({
      ...others,
      executablePath: candidate.executablePath,
      args: [...candidate.args, ...QUIET_ARGS, ...args],
    });
  } catch (cause) {
    throw new Error(
      `No Chromium could be started${installed === null ? "" : ` from ${installed}`}. ` +
        "Install one (`apt-get install chromium`, or Google Chrome), " +
        "or name one in the environment variable CHROMIUM_PATH.",
      { cause },
    );
  }
}
