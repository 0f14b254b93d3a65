/**
 * Builds an app's islands, routes and static files: the entry point `fresh/dev`.
 *
 * @see https://fresh.deno.dev/docs/advanced/builder
 * @module
 */
export { Builder, type BuildOptions, type ResolvedBuildConfig } from "./src/builder.ts";
export type {
  OnTransformArgs,
  OnTransformOptions,
  OnTransformResult,
  TransformFn,
} from "./src/transform.ts";
