/** The SDK as one file: what `/sdk.js` serves. @module */
import { createHash } from "node:crypto";
import { fileURLToPath } from "node:url";

/** The bundled SDK. */
export interface SdkFile {
  /** An ES module without imports. */
  code: string;
  /** A strong entity tag of `code`, quoted (RFC 9110 section 8.8.3). */
  etag: string;
}

/**
 * Bundles `broker/sdk/mod.ts` for browsers; takes a fraction of a second, so once at start is enough.
 *
 * @throws Error when the SDK does not compile.
 */
export async function bundleSdk(): Promise<SdkFile> {
  const { success, errors, outputFiles } = await Deno.bundle({
    entrypoints: [fileURLToPath(new URL("../sdk/mod.ts", import.meta.url))],
    platform: "browser",
    format: "esm",
    minify: true,
    write: false,
  });
  const code = outputFiles?.[0]?.text();
  if (!success || code === undefined) {
    throw new Error(`The SDK could not be bundled: ${errors.map(({ text }) => text).join("; ")}`);
  }
  return { code, etag: `"${createHash("sha256").update(code).digest("hex").slice(0, 32)}"` };
}
