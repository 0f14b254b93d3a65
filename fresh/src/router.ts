/**
 * Finds what answers a method and URL: static paths first, then patterns in order of registration.
 * @module
 */
import type { Method } from "./types.ts";

/** What matched; without `item` the method is not handled, without `pattern` nothing matched. */
export interface Match<T> {
  readonly pattern: string | null;
  readonly params: Record<string, string>;
  readonly item: T | null;
  /** Methods the matched pattern handles. */
  readonly methods: readonly Method[];
}

interface Entry<T> {
  readonly pattern: string;
  readonly items: Map<Method, T>;
  readonly url: URLPattern | null;
}

/** Every method a route without a list of methods answers. */
export const METHODS: readonly Method[] = [
  "GET",
  "DELETE",
  "HEAD",
  "OPTIONS",
  "PATCH",
  "POST",
  "PUT",
];

const DYNAMIC = /[*:{}+?()]/;

/** Routes by static path and by URL pattern. */
export class Router<T> {
  #entries = new Map<string, Entry<T>>();
  #dynamic: Entry<T>[] = [];

  /** Registers an item; the first one for a method and pattern stays. */
  add(methods: readonly Method[], pattern: string, item: T): void {
    let entry = this.#entries.get(pattern);
    if (entry === undefined) {
      const url = DYNAMIC.test(pattern) ? new URLPattern({ pathname: pattern }) : null;
      entry = { pattern, items: new Map(), url };
      this.#entries.set(pattern, entry);
      if (url !== null) this.#dynamic.push(entry);
    }
    for (const method of methods) {
      if (!entry.items.has(method)) entry.items.set(method, item);
    }
  }

  /** A static path matches with and without a trailing slash; HEAD falls back to GET. */
  match(method: Method, url: URL): Match<T> {
    const { pathname } = url;
    const other = pathname.endsWith("/") ? pathname.slice(0, -1) : `${pathname}/`;
    for (const path of pathname === "/" ? [pathname] : [pathname, other]) {
      const entry = this.#entries.get(path);
      if (entry?.url === null) return found(entry, method, {});
    }
    for (const entry of this.#dynamic) {
      const groups = entry.url?.exec({ pathname })?.pathname.groups;
      if (groups) return found(entry, method, groups);
    }
    return { pattern: null, params: {}, item: null, methods: [] };
  }
}

function found<T>(
  entry: Entry<T>,
  method: Method,
  groups: Record<string, string | undefined>,
): Match<T> {
  const params: Record<string, string> = Object.create(null);
  for (const [name, value] of Object.entries(groups)) {
    params[name] = decode(value ?? "");
  }
  const item = entry.items.get(method) ??
    (method === "HEAD" ? entry.items.get("GET") : undefined) ?? null;
  return { pattern: entry.pattern, params, item, methods: [...entry.items.keys()] };
}

/** Malformed escapes stay as they came: a URL must not be able to fail the request. */
function decode(value: string): string {
  try {
    return decodeURI(value);
  } catch {
    return value;
  }
}

/** Joins the path an app or its files are mounted at with a pattern inside it. */
export function joinPattern(base: string, pattern: string): string {
  const start = base.replace(/\*$/, "").replace(/^\/$/, "");
  if (pattern === "*") return `${start}/*`;
  return start !== "" && pattern === "/" ? start : start + pattern;
}

/** Joins the path an app or its files are mounted at with another mount path inside it. */
export function joinMount(base: string, path: string): string {
  if (path !== "*") return joinPattern(base, path);
  return base === "/" ? "*" : base;
}

/**
 * Names of the branch of the route tree a pattern belongs to. Middlewares, layouts and error routes
 * of a branch hold for everything below it. Optional parts (`{/:id}?`) are no branches.
 */
export function branchOf(pattern: string): string[] {
  if (pattern === "*" || pattern === "/*") return [];
  return pattern.replace(/\{[^}]*\}\??/g, "").split("/").filter((name) => name !== "");
}
