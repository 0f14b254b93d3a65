/** Opening the launch link in the person's browser, without showing it to other users of the machine. @module */
import { join } from "node:path";
import { pathToFileURL } from "node:url";

/** The programs that open a file in the browser; `deno.json` lets the broker run these alone. */
const openers: Readonly<Record<string, string>> = { darwin: "open", windows: "explorer" };
const defaultOpener = "xdg-open";

/**
 * Opens `url` by way of a file that only this user can read: a command line is seen by every user (`ps`), and the link
 * carries a token.
 *
 * @param directory Where the file may stand; a directory of this user alone.
 * @returns Removes the file; to be called once the link is spent or the broker stops.
 */
export async function openBrowser(url: string, directory: string): Promise<() => Promise<void>> {
  const path = join(directory, "launch.html");
  const remove = async () => {
    await Deno.remove(path).catch((fault) => {
      if (!(fault instanceof Deno.errors.NotFound)) throw fault;
    });
  };
  await remove();
  // The link is made of letters that mean nothing in HTML: an origin, a path and base64url.
  const html = `<!DOCTYPE html><meta charset="utf-8"><title>Gatehouse</title>` +
    `<meta name="referrer" content="no-referrer"><meta http-equiv="refresh" content="0;url=${url}">`;
  await Deno.writeTextFile(path, html, { createNew: true, mode: 0o600 });
  await run(openers[Deno.build.os] ?? defaultOpener, pathToFileURL(path).href);
  return remove;
}

/** Gives up the permission to run them: the browser is opened once. */
export async function forgetOpeners(): Promise<void> {
  for (const command of [defaultOpener, ...Object.values(openers)]) {
    await Deno.permissions.revoke({ name: "run", command });
  }
}

/** A machine without a browser, or without the program, is none the worse: the link is printed as well. */
async function run(program: string, argument: string): Promise<void> {
  try {
    const child = new Deno.Command(program, {
      args: [argument],
      stdin: "null",
      stdout: "null",
      stderr: "null",
    }).spawn();
    child.unref();
    await Promise.resolve();
  } catch (fault) {
    if (!(fault instanceof Deno.errors.NotFound || fault instanceof Deno.errors.NotCapable)) {
      throw fault;
    }
  }
}
