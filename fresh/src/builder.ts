/**
 * Builds an app: finds its files, bundles its islands and hands both to the app.
 * @module
 */
import { resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { App, type ListenOptions, setBuildCache } from "./app.ts";
import { BUILD_ID } from "./build_id.ts";
import type { BuildCache } from "./build_cache.ts";
import { bundle } from "./bundle.ts";
import { compareIds, type RouteFile, type RouteModule } from "./file_routes.ts";
import { MemoryBuild } from "./memory_build.ts";
import { type FoundRoute, modulesBelow, routesBelow } from "./project_files.ts";
import type { OnTransformOptions, Transform, TransformFn } from "./transform.ts";

/** Options of {@link Builder}; paths may be relative to `root`. See https://fresh.deno.dev/docs/advanced/builder */
export interface BuildOptions {
  /** Browsers to build for. Kept, and given to transforms; bundles are for current browsers. */
  target?: string | string[];
  /** Directory of the project. Default: the current one. */
  root?: string;
  /** Where a build on disk goes. Default: `_fresh`. */
  outDir?: string;
  /** Directories of static files; the first that has a file serves it. Default: `static`. */
  staticDir?: string | string[];
  /** Directory of islands. Default: `islands`. */
  islandDir?: string;
  /** Directory of routes. Default: `routes`. */
  routeDir?: string;
  /** Module that exports the app. Default: `main.ts`. */
  serverEntry?: string;
  /** Files that are neither islands nor routes. Default: tests. */
  ignore?: RegExp[];
}

/** The options with absolute paths. See https://fresh.deno.dev/docs/advanced/builder */
export type ResolvedBuildConfig = Required<Omit<BuildOptions, "staticDir">> & {
  staticDir: string[];
  mode: "development" | "production";
  buildId: string;
};

const TESTS = /[._]test\.(?:[tj]sx?|[mc][tj]s)$/;
const CLIENT = fileURLToPath(new URL("./client.ts", import.meta.url));

/**
 * Builds an app's islands, routes and static files.
 *
 * @see https://fresh.deno.dev/docs/advanced/builder
 */
// deno-lint-ignore no-explicit-any -- one build is applied to apps of any state
export class Builder<State = any> {
  /** The resolved options. */
  config: ResolvedBuildConfig;
  #islands = new Set<string>();
  #transforms: Transform[] = [];

  constructor(options: BuildOptions = {}) {
    const root = pathOf(options.root ?? ".", Deno.cwd());
    this.config = {
      root,
      target: options.target ?? ["chrome99", "firefox99", "safari15"],
      serverEntry: pathOf(options.serverEntry ?? "main.ts", root),
      outDir: pathOf(options.outDir ?? "_fresh", root),
      staticDir: [options.staticDir ?? "static"].flat().map((path) => pathOf(path, root)),
      islandDir: pathOf(options.islandDir ?? "islands", root),
      routeDir: pathOf(options.routeDir ?? "routes", root),
      ignore: options.ignore ?? [TESTS],
      mode: "production",
      buildId: BUILD_ID,
    };
  }

  /** Adds an island that is outside the island directories, by path or file URL. */
  registerIsland(specifier: string): void {
    this.#islands.add(pathOf(specifier, this.config.root));
  }

  /** Adds a transform for static files. */
  onTransformStaticFile(options: OnTransformOptions, callback: TransformFn): void {
    this.#transforms.push({ options, fn: callback });
  }

  /**
   * Builds in memory.
   *
   * @returns a function that applies the build to an app, before its `handler()` is called
   * @throws {Error} for a build on disk, which this stand-in does not do
   */
  async build(
    options: {
      mode?: ResolvedBuildConfig["mode"];
      snapshot?: "disk" | "memory";
    } = {},
  ): Promise<(app: App<State>) => void> {
    if (options.snapshot !== "memory") {
      throw new Error(
        'The stand-in for Fresh builds in memory only: build({ snapshot: "memory" })',
      );
    }
    this.config.mode = options.mode ?? "production";
    const cache = await this.#build();
    return (app) => setBuildCache(app, cache);
  }

  /** Builds for development and serves the app; static files are read anew on every request. */
  async listen(
    importApp: () => Promise<{ app: App<State> } | App<State>>,
    options: ListenOptions = {},
  ): Promise<void> {
    this.config.mode = "development";
    const [cache, imported] = await Promise.all([this.#build(), importApp()]);
    const app = imported instanceof App ? imported : imported.app;
    app.config.mode = "development";
    setBuildCache(app, cache);
    await app.listen(options);
  }

  async #build(): Promise<BuildCache<State>> {
    const { root, staticDir, islandDir, routeDir, ignore, mode, target } = this.config;
    const below = await routesBelow(routeDir, ignore);
    const paths = [...this.#islands, ...await modulesBelow(islandDir, ignore), ...below.islands];
    const islands = new Map<string, Record<string, unknown>>();
    for (const path of new Set(paths)) islands.set(path, await load(path));
    const found = below.routes.toSorted((a, b) => compareIds(a.id, b.id));
    return new MemoryBuild<State>({
      root,
      staticDirs: staticDir,
      mode,
      target,
      transforms: this.#transforms,
      bundle: await bundle([CLIENT, ...islands.keys()], mode === "production"),
      client: CLIENT,
      islands,
      routes: await Promise.all(found.map((route) => routeFile<State>(route))),
    });
  }
}

async function routeFile<State>({ id, path, isLazy }: FoundRoute): Promise<RouteFile<State>> {
  const module = () => load(path) as Promise<RouteModule<State>>;
  return { id, module: isLazy ? module : await module() };
}

async function load(path: string): Promise<Record<string, unknown>> {
  return await import(pathToFileURL(path).href);
}

function pathOf(path: string, root: string): string {
  return path.startsWith("file:") ? fileURLToPath(path) : resolve(root, path);
}
