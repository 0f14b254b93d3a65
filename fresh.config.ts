/**
 * The one place that configures Fresh: where its files are, which browsers it builds for, and under which path it serves.
 * Fresh 2 itself gives this file no meaning; `main.ts` hands it over.
 *
 * @module
 */
import type { BuildOptions } from "fresh/dev";

/** What `Builder` is given. See https://fresh.deno.dev/docs/advanced/builder */
export const buildOptions: BuildOptions = {
  root: import.meta.dirname ?? ".",
  routeDir: "routes",
  islandDir: "islands",
  staticDir: "static",
  // The oldest that know every feature the dashboard stands on: `:has()`, nesting, trusted types or their absence.
  target: ["chrome120", "firefox121", "safari17"],
};
