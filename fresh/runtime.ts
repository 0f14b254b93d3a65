/**
 * What both the server and islands may use: the entry point `fresh/runtime`.
 *
 * @see https://fresh.deno.dev/docs/advanced/api-reference
 * @module
 */
export { asset, assetSrcSet } from "./src/asset.ts";
export { Head, type HeadProps } from "./src/head.ts";
export { HttpError } from "./src/http_error.ts";

/**
 * True in a browser, false on the server.
 *
 * @see https://fresh.deno.dev/docs/concepts/islands
 */
export const IS_BROWSER: boolean = typeof document !== "undefined";
