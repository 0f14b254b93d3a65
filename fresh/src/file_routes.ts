/**
 * Maps files below `routes/` to URL patterns, and puts them in the order they are registered in.
 * @module
 */
import type { AnyComponent } from "preact";
import { branchOf } from "./router.ts";
import type { Step } from "./step.ts";
import type { Middleware, PageProps, Route, RouteConfig, RouteHandler } from "./types.ts";

/** What a file below `routes/` may export. */
export interface RouteModule<State> {
  readonly default?: AnyComponent<PageProps<unknown, State>> | Middleware<State>[];
  readonly handler?: RouteHandler<unknown, State> | Middleware<State>[];
  readonly handlers?: RouteHandler<unknown, State> | Middleware<State>[];
  readonly config?: RouteConfig;
  readonly css?: string[];
}

/** A file below `routes/`. */
export interface RouteFile<State> {
  /** Path below `routes/` with a leading slash and without extension: `/apps/[id]`. */
  readonly id: string;
  /** The module, or for plain routes a function that loads it on first use. */
  readonly module: RouteModule<State> | (() => Promise<RouteModule<State>>);
}

/**
 * URL pattern of a path below `routes/`: `/blog/[slug]` is `/blog/:slug`, `/[...path]` is
 * `/:path*`, `/[[name]]` is `/{:name}?`; route groups in parentheses vanish.
 *
 * @param keepGroups keep groups, to tell apart what holds for one group only
 * @throws {SyntaxError} on two parameters side by side, or an optional one that is no full segment
 * @see https://fresh.deno.dev/docs/concepts/file-routing
 */
export function patternOf(id: string, { keepGroups = false } = {}): string {
  const names = id.split("/").filter((name) => name !== "");
  if (names.at(-1) === "index") names.pop();
  const shown = names.filter((name) => keepGroups || !/^\(.*\)$/.test(name));
  const pattern = shown.map((name) => segmentPattern(name, id)).join("");
  // A URL pattern cannot start with an optional slash.
  const onlyOptional = shown.length > 0 &&
    shown.every((name) => name.startsWith("[["));
  return onlyOptional ? pattern.replace("{/", "/{") : pattern || "/";
}

function segmentPattern(name: string, id: string): string {
  const rest = /^\[\.\.\.(.+)\]$/.exec(name);
  if (rest !== null) return `/:${rest[1]}*`;
  const optional = /^\[\[([^[\]]+)\]\]$/.exec(name);
  if (optional !== null) return `{/:${optional[1]}}?`;
  const pattern = name.replace(/\[([^[\]]+)\]/g, ":$1");
  if (name.includes("][") || /[[\]]/.test(pattern)) {
    throw new SyntaxError(`Invalid route pattern: "${id}"`);
  }
  return `/${pattern}`;
}

/**
 * Order of registration: the app wrapper, then in every directory middlewares, layouts, error
 * routes, `index`, names, groups, parameters and last the rest parameter.
 */
export function compareIds(a: string, b: string): number {
  const isApp = (id: string) => id.endsWith("/_app");
  if (isApp(a) || isApp(b)) return Number(isApp(b)) - Number(isApp(a));
  const [aNames, bNames] = [a.split("/"), b.split("/")];
  for (let i = 0; i < Math.min(aNames.length, bNames.length); i++) {
    const [aName = "", bName = ""] = [aNames[i], bNames[i]];
    if (aName === bName) continue;
    const byRank = rank(bName) - rank(aName);
    if (byRank !== 0) return byRank;
    // Of `[id]` and `[id]-x` the longer one is more specific, unless something follows.
    if (bName.startsWith(aName)) return i === aNames.length - 1 ? 1 : -1;
    if (aName.startsWith(bName)) return i === bNames.length - 1 ? -1 : 1;
    return aName < bName ? -1 : 1;
  }
  return bNames.length - aNames.length;
}

function rank(name: string): number {
  if (name.startsWith("_m")) return 7;
  if (name.startsWith("_e")) return 5;
  if (name.startsWith("_")) return 6;
  if (name === "index") return 4;
  if (name.startsWith("(")) return 2;
  if (name.startsWith("[...")) return 0;
  return name.startsWith("[") ? 1 : 3;
}

/** Name of the special kinds of file, such as `_layout`; else the name of a plain route. */
export function kindOf(id: string): string {
  return id.slice(id.lastIndexOf("/") + 1);
}

/** Whether a file is a plain route, rather than a wrapper, middleware or error route. */
export function isPlainRoute(id: string): boolean {
  return !/^_(app|layout|middleware|404|error|500)$/.test(kindOf(id));
}

/**
 * What a file adds to an app.
 *
 * @throws {Error} when the module has none of the exports its kind needs
 */
export function stepsOf<State>({ id, module }: RouteFile<State>): Step<State>[] {
  const branch = branchOf(patternOf(id.slice(0, id.lastIndexOf("/")), { keepGroups: true }));
  if (typeof module === "function") {
    const load = async () => routeOf(id, await module());
    return [{ kind: "route", branch, pattern: patternOf(id), route: load }];
  }
  const route = routeOf(id, module);
  const { component } = route;
  switch (kindOf(id)) {
    case "_app":
      return component === undefined ? [] : [{ kind: "app", component }];
    case "_layout":
      return component === undefined
        ? []
        : [{ kind: "layout", branch, component, config: module.config ?? {} }];
    case "_middleware": {
      const found = module.handlers ?? module.handler ?? module.default;
      const middlewares = (Array.isArray(found) ? found : [found]) as Middleware<State>[];
      if (middlewares.some((middleware) => typeof middleware !== "function")) {
        throw new Error(`A middleware is a function or a list of them: ${id}`);
      }
      return [{ kind: "middleware", branch, middlewares }];
    }
    case "_404":
      return [{ kind: "notFound", route }];
    case "_error":
    case "_500":
      return [{ kind: "error", branch, route }];
    default:
      return [{ kind: "route", branch, pattern: patternOf(id), route }];
  }
}

function routeOf<State>(id: string, module: RouteModule<State>): Route<State> {
  const handler = module.handlers ?? module.handler;
  const { default: component, config, css } = module;
  if (handler === undefined && component === undefined && config === undefined) {
    throw new Error(`Neither a component, nor handlers, nor a config is exported by ${id}`);
  }
  if (typeof handler === "function" && handler.length > 1) {
    throw new Error(`A handler takes one argument, the context: ${id}`);
  }
  return {
    ...(typeof component === "function" && { component }),
    ...(handler !== undefined &&
      { handler: handler as RouteHandler<unknown, State> }),
    ...(config !== undefined && { config }),
    ...(css !== undefined && { css }),
  };
}
