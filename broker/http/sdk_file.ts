/** The SDK as files: what `/sdk.js`, `/sdk/node.js` and `/sdk/extension.js` serve. @module */
import { createHash } from "node:crypto";
import { fileURLToPath } from "node:url";

/** A file that apps load. */
export interface SdkFile {
  /** An ES module for browsers, or its types. */
  code: string;
  /** What `Content-Type` says of it. */
  contentType: string;
  /** A strong entity tag of `code`, quoted (RFC 9110 section 8.8.3). */
  etag: string;
}

/** Everything that is served to apps, made once at start. */
export interface SdkFiles {
  /** `/sdk.js`: an ES module without imports. */
  module: SdkFile;
  /** `/sdk/node.js`: an ES module that imports `/sdk.js`. */
  nodeDoor: SdkFile;
  /** `/sdk/extension.js`: an ES module without imports, to be packed with an extension. */
  extension: SdkFile;
}

/**
 * Bundles `broker/sdk/mod.ts` for browsers; takes a fraction of a second, so once at start is enough.
 *
 * @throws Error when the SDK does not compile.
 */
export async function bundleSdk(): Promise<SdkFile> {
  return sdkFile(await bundle("../sdk/mod.ts", []));
}

/**
 * Bundles `broker/sdk/node/mod.ts` for browsers. The SDK itself is left out: `/sdk/node.js` imports `/sdk.js`, so that both
 * use the connection that the app has made.
 *
 * @throws Error when it does not compile.
 */
export async function bundleNodeDoor(): Promise<SdkFile> {
  const code = await bundle("../sdk/node/mod.ts", ["../mod.ts"]);
  // What the packages require of Node, `broker/sdk/node/builtins.ts` puts there.
  const require = "const nodeBuiltins={},require=(name)=>nodeBuiltins[name];";
  return sdkFile(`${require}${code.replaceAll('"../mod.ts"', '"../sdk.js"')}`);
}

/**
 * Bundles `broker/sdk/extension/mod.ts`, the SDK included: an extension takes no code from elsewhere.
 *
 * @throws Error when it does not compile.
 */
export async function bundleExtension(): Promise<SdkFile> {
  return sdkFile(await bundle("../sdk/extension/mod.ts", []));
}

/** Bundles all of them, at the same time. */
export async function bundleSdkFiles(): Promise<SdkFiles> {
  const [module, nodeDoor, extension] = await Promise.all([
    bundleSdk(),
    bundleNodeDoor(),
    bundleExtension(),
  ]);
  return { module, nodeDoor, extension };
}

async function bundle(entry: string, external: string[]): Promise<string> {
  const { success, errors, outputFiles } = await Deno.bundle({
    entrypoints: [fileURLToPath(new URL(entry, import.meta.url))],
    platform: "browser",
    format: "esm",
    minify: true,
    write: false,
    external,
  });
  const code = outputFiles?.[0]?.text();
  if (success && code !== undefined) return code;
  throw new Error(`The SDK could not be bundled: ${errors.map(({ text }) => text).join("; ")}`);
}

function sdkFile(code: string): SdkFile {
  const contentType = "text/javascript; charset=utf-8";
  return {
    code,
    contentType,
    etag: `"${createHash("sha256").update(code).digest("hex").slice(0, 32)}"`,
  };
}
