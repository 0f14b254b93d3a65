/**
 * Finds the islands and routes of a project by where their files are.
 * @module
 */
import { join, relative } from "node:path";
import { isPlainRoute } from "./file_routes.ts";

const MODULE = /\.(?:tsx|jsx|ts|js)$/;

/** A file below `routes/`. */
export interface FoundRoute {
  /** Path below the directory with a leading slash and without extension. */
  readonly id: string;
  readonly path: string;
  /** Whether it can wait for its first request. */
  readonly isLazy: boolean;
}

/** All modules below a directory, sorted; none where there is no such directory. */
export async function modulesBelow(directory: string, ignore: RegExp[]): Promise<string[]> {
  const found: string[] = [];
  try {
    for await (const entry of Deno.readDir(directory)) {
      const path = join(directory, entry.name);
      if (entry.isDirectory) found.push(...await modulesBelow(path, ignore));
      else if (MODULE.test(path) && !ignore.some((item) => item.test(path))) {
        found.push(path);
      }
    }
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  return found.sort();
}

/**
 * Tells the modules below `routes/` apart: routes, and islands in `(_islands)`. Anything else in a
 * directory such as `(_components)` is neither.
 */
export async function routesBelow(
  directory: string,
  ignore: RegExp[],
): Promise<{ routes: FoundRoute[]; islands: string[] }> {
  const routes: FoundRoute[] = [];
  const islands: string[] = [];
  for (const path of await modulesBelow(directory, ignore)) {
    const id = `/${relative(directory, path).replace(MODULE, "").replaceAll("\\", "/")}`;
    const hidden = /\/\((_[^/]+)\)\//.exec(id)?.[1];
    if (hidden === "_islands") islands.push(path);
    if (hidden !== undefined) continue;
    // A route that sets its own pattern has to be loaded to be registered.
    const isLazy = isPlainRoute(id) &&
      !(await Deno.readTextFile(path)).includes("routeOverride");
    routes.push({ id, path, isLazy });
  }
  return { routes, islands };
}
