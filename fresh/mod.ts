/**
 * The server side of the stand-in for Fresh 2: the entry point `fresh`.
 *
 * It is built from Fresh's documentation, for networks that cannot reach Fresh's registry. Where
 * that can be reached, delete the line `links` in `deno.json`, and the genuine package is used.
 *
 * @see https://fresh.deno.dev/docs/advanced/api-reference
 * @module
 */
export { App, type ListenOptions } from "./src/app.ts";
export type { Island } from "./src/build_cache.ts";
export type { Context, FreshContext } from "./src/context.ts";
export { csp, type CSPOptions } from "./src/csp.ts";
export { csrf, type CsrfOptions } from "./src/csrf.ts";
export { createDefine, type Define, page } from "./src/define.ts";
export { HttpError } from "./src/http_error.ts";
export { staticFiles } from "./src/static_files.ts";
export type {
  FreshConfig,
  HandlerByMethod,
  HandlerFn,
  LayoutConfig,
  Lazy,
  MaybeLazy,
  Method,
  Middleware,
  MiddlewareFn,
  PageProps,
  PageResponse,
  ResolvedFreshConfig,
  RouteConfig,
  RouteData,
  RouteHandler,
  WebSocketHandlers,
  WebSocketUpgradeOptions,
} from "./src/types.ts";
