/**
 * Bundles islands and the browser's runtime, with the code they share in chunks of its own.
 * @module
 */
import { dirname, relative } from "node:path";

/** A bundled file. */
export interface Bundled {
  readonly content: Uint8Array<ArrayBuffer>;
  readonly hash: string;
}

/** The files of a bundle, and which one each entry became. */
export interface Bundle {
  readonly files: ReadonlyMap<string, Bundled>;
  readonly entries: ReadonlyMap<string, string>;
}

const OUTPUT = "/bundle";

/**
 * Bundles modules for browsers, in memory.
 *
 * @param entries absolute paths
 * @throws {Error} when a module cannot be bundled
 */
export async function bundle(entries: readonly string[], minify: boolean): Promise<Bundle> {
  const result = await Deno.bundle({
    entrypoints: [...entries],
    outputDir: OUTPUT,
    write: false,
    platform: "browser",
    format: "esm",
    codeSplitting: true,
    minify,
    ...(!minify && { sourcemap: "inline" }),
  });
  if (!result.success) {
    throw new Error(`Bundling failed: ${result.errors.map(({ text }) => text).join("; ")}`);
  }
  const files = new Map<string, Bundled>();
  for (const { path, contents, hash } of result.outputFiles ?? []) {
    if (contents !== undefined) {
      files.set(relative(OUTPUT, path), { content: contents, hash });
    }
  }
  // Output keeps the directories below the one all entries have in common.
  const base = entries.map((entry) => dirname(entry)).reduce(commonDirectory);
  const named = entries.map((entry): [string, string] => {
    const name = relative(base, entry).replace(/\.\w+$/, ".js");
    if (!files.has(name)) throw new Error(`The bundle lacks ${entry}`);
    return [entry, name];
  });
  return { files, entries: new Map(named) };
}

function commonDirectory(a: string, b: string): string {
  let common = a;
  while (relative(common, b).startsWith("..")) common = dirname(common);
  return common;
}
