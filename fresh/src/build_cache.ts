/**
 * What a build gives an app: islands, file routes, static files and bundles.
 * @module
 */
import type { ComponentType } from "preact";
import type { RouteFile } from "./file_routes.ts";

/** A component that is rendered on the server and hydrated in the browser. */
export interface Island {
  /** Path of its bundle, below the base path. */
  readonly file: string;
  /** Name it has in that bundle's exports. */
  readonly exportName: string;
}

/** A file to serve. */
export interface StaticFile {
  readonly content: Uint8Array<ArrayBuffer>;
  readonly contentType: string;
  /** Hash of the content, for ETag. */
  readonly hash: string;
}

/** The parts of a build that answering requests needs. */
export interface BuildCache<State> {
  readonly root: string;
  /** Path of the browser runtime's bundle. */
  readonly clientEntry: string;
  readonly islands: ReadonlyMap<ComponentType, Island>;
  readonly routes: readonly RouteFile<State>[];
  /** @returns `null` where there is no such file */
  readFile(path: string): Promise<StaticFile | null>;
}

/** What an app without a build has: nothing. */
export function emptyCache<State>(): BuildCache<State> {
  return {
    root: ".",
    clientEntry: "",
    islands: new Map(),
    routes: [],
    readFile: () => Promise.resolve(null),
  };
}
