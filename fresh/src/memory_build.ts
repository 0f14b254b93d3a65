/**
 * A build that is kept in memory: bundles as made, static files as they are read.
 * @module
 */
import type { ComponentType } from "preact";
import { extname, join } from "node:path";
import { BUILD_ID, BUNDLE_PATH } from "./build_id.ts";
import type { BuildCache, Island, StaticFile } from "./build_cache.ts";
import type { Bundle } from "./bundle.ts";
import type { RouteFile } from "./file_routes.ts";
import { type Transform, transformed } from "./transform.ts";

/** What the build consists of. */
export interface MemoryBuildInit<State> {
  readonly root: string;
  readonly staticDirs: readonly string[];
  readonly mode: "development" | "production";
  readonly target: string | string[];
  readonly transforms: readonly Transform[];
  readonly bundle: Bundle;
  /** Absolute path of the browser runtime among the bundle's entries. */
  readonly client: string;
  /** Modules of islands by their absolute path. */
  readonly islands: ReadonlyMap<string, Record<string, unknown>>;
  readonly routes: readonly RouteFile<State>[];
}

const CONTENT_TYPES: Record<string, string> = {
  ".css": "text/css; charset=UTF-8",
  ".html": "text/html; charset=UTF-8",
  ".ico": "image/vnd.microsoft.icon",
  ".jpg": "image/jpeg",
  ".js": "text/javascript; charset=UTF-8",
  ".json": "application/json; charset=UTF-8",
  ".map": "application/json; charset=UTF-8",
  ".mjs": "text/javascript; charset=UTF-8",
  ".pdf": "application/pdf",
  ".png": "image/png",
  ".svg": "image/svg+xml; charset=UTF-8",
  ".txt": "text/plain; charset=UTF-8",
  ".wasm": "application/wasm",
  ".webmanifest": "application/manifest+json; charset=UTF-8",
  ".webp": "image/webp",
  ".woff2": "font/woff2",
  ".xml": "application/xml; charset=UTF-8",
};

/** Answers from a bundle and from the static directories; in production each file is read once. */
export class MemoryBuild<State> implements BuildCache<State> {
  readonly root: string;
  readonly clientEntry: string;
  readonly islands: ReadonlyMap<ComponentType, Island>;
  readonly routes: readonly RouteFile<State>[];
  #init: MemoryBuildInit<State>;
  #files = new Map<string, StaticFile>();
  /** In production, every path below the static directories: most requests are for none of them. */
  #listed: Promise<ReadonlySet<string>> | null = null;

  constructor(init: MemoryBuildInit<State>) {
    this.#init = init;
    this.root = init.root;
    this.routes = init.routes;
    const prefix = `${BUNDLE_PATH}${BUILD_ID}/`;
    const urlOf = (entry: string) => prefix + init.bundle.entries.get(entry);
    this.clientEntry = urlOf(init.client);
    for (const [name, { content, hash }] of init.bundle.files) {
      this.#files.set(prefix + name, { content, hash, contentType: contentTypeOf(name) });
    }
    const islands = new Map<ComponentType, Island>();
    for (const [path, module] of init.islands) {
      for (const [exportName, value] of Object.entries(module)) {
        if (typeof value !== "function") continue;
        islands.set(value as ComponentType, { file: urlOf(path), exportName });
      }
    }
    this.islands = islands;
  }

  /** The bundle or static file at a decoded path; hidden files and parent directories are none. */
  async readFile(path: string): Promise<StaticFile | null> {
    const known = this.#files.get(path);
    if (known !== undefined) return known;
    const names = path.split("/").filter((name) => name !== "");
    const isHidden = (name: string) => name.startsWith(".") && name !== ".well-known";
    if (names.some(isHidden) || /[\\\0]/.test(path)) return null;
    if (!await this.#mayExist(names)) return null;
    for (const directory of this.#init.staticDirs) {
      const content = await this.#read(join(directory, ...names));
      if (content === null) continue;
      const digest = await crypto.subtle.digest("SHA-256", content);
      const hash = new Uint8Array(digest).toHex();
      const file = { content, hash, contentType: contentTypeOf(path) };
      if (this.#init.mode === "production") this.#files.set(path, file);
      return file;
    }
    return null;
  }

  async #mayExist(names: readonly string[]): Promise<boolean> {
    const { mode, staticDirs } = this.#init;
    if (mode !== "production") return true;
    this.#listed ??= Promise.all(staticDirs.map((directory) => listFiles(directory)))
      .then((lists) => new Set(lists.flat()));
    return (await this.#listed).has(names.join("/"));
  }

  async #read(path: string): Promise<Uint8Array<ArrayBuffer> | null> {
    const { mode, root, target, transforms } = this.#init;
    try {
      if (!(await Deno.stat(path)).isFile) return null;
      const content = await Deno.readFile(path);
      return await transformed(transforms, { path, content, mode, root, target });
    } catch (error) {
      if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory) {
        return null;
      }
      throw error;
    }
  }
}

/** The paths of all files below a directory, relative to it; none where there is no such directory. */
async function listFiles(directory: string, prefix = ""): Promise<string[]> {
  const files: string[] = [];
  try {
    for await (const { name, isDirectory } of Deno.readDir(directory)) {
      if (!isDirectory) files.push(prefix + name);
      else files.push(...await listFiles(join(directory, name), `${prefix}${name}/`));
    }
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  return files;
}

function contentTypeOf(path: string): string {
  return CONTENT_TYPES[extname(path).toLowerCase()] ?? "text/plain";
}
