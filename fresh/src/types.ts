/**
 * The types that routes, layouts and handlers are written against.
 * @module
 */
import type { AnyComponent } from "preact";
import type { Context } from "./context.ts";

/** HTTP methods a route can handle. See https://fresh.deno.dev/docs/concepts/routing */
export type Method =
  | "HEAD"
  | "GET"
  | "POST"
  | "PATCH"
  | "PUT"
  | "DELETE"
  | "OPTIONS";

/** Options of `new App()`. See https://fresh.deno.dev/docs/concepts/app */
export interface FreshConfig {
  /** Path the whole app is served below, such as `/my-app`. Default: none. */
  basePath?: string;
  /** Default: `production`. */
  mode?: "development" | "production";
  /** Read `X-Forwarded-Proto` and `X-Forwarded-Host` into `ctx.url`. Default: false. */
  trustProxy?: boolean;
}

/** `ctx.config`: the options with their defaults. See https://fresh.deno.dev/docs/concepts/context */
export interface ResolvedFreshConfig {
  /** Directory of the project, once a build is applied. */
  root: string;
  basePath: string;
  mode: "development" | "production";
  trustProxy: boolean;
}

/** `config` of a layout. See https://fresh.deno.dev/docs/concepts/layouts */
export interface LayoutConfig {
  /** Leave out the layouts of parent directories. */
  skipInheritedLayouts?: boolean;
  /** Leave out `_app.tsx`. */
  skipAppWrapper?: boolean;
}

/** `config` of a route. See https://fresh.deno.dev/docs/concepts/file-routing */
export interface RouteConfig extends LayoutConfig {
  /** URL pattern that replaces the one the file's name gives. */
  routeOverride?: string;
  /** Methods of a lazy route. Default: `ALL`. */
  methods?: "ALL" | Method[];
}

/** Something that is loaded on first use. See https://fresh.deno.dev/docs/concepts/app */
export type Lazy<T> = () => Promise<T>;

/** A value, or a function that loads it. See https://fresh.deno.dev/docs/concepts/app */
export type MaybeLazy<T> = T | Lazy<T>;

/** Runs around a request; `ctx.next()` goes inwards. See https://fresh.deno.dev/docs/concepts/middleware */
export type Middleware<State> = (ctx: Context<State>) => Response | Promise<Response>;

/** The same as {@link Middleware}. See https://fresh.deno.dev/docs/concepts/middleware */
export type MiddlewareFn<State> = Middleware<State>;

/** A middleware, or a function that loads one. See https://fresh.deno.dev/docs/concepts/app */
export type MaybeLazyMiddleware<State> = (
  ctx: Context<State>,
) => Response | Promise<Response | Middleware<State>>;

/** What `page()` returns: data for the page component. See https://fresh.deno.dev/docs/concepts/data-fetching */
export interface PageResponse<T> {
  data: T;
  headers?: HeadersInit;
  status?: number;
}

/** One handler. See https://fresh.deno.dev/docs/concepts/routing */
export interface HandlerFn<Data, State> {
  (ctx: Context<State>): Response | PageResponse<Data> | Promise<Response | PageResponse<Data>>;
}

/** Handlers by HTTP method. See https://fresh.deno.dev/docs/concepts/routing */
export type HandlerByMethod<Data, State> = {
  [M in Method]?: HandlerFn<Data, State>;
};

/** `handler` of a route. See https://fresh.deno.dev/docs/concepts/routing */
export type RouteHandler<Data, State> =
  | HandlerFn<Data, State>
  | HandlerByMethod<Data, State>;

/** The data a handler gives its page. See https://fresh.deno.dev/docs/concepts/data-fetching */
export type RouteData<Handler extends RouteHandler<unknown, never>> = Handler extends
  RouteHandler<infer Data, never> ? Data : never;

/** Properties of pages, layouts and the app wrapper. See https://fresh.deno.dev/docs/concepts/data-fetching */
export type PageProps<Data = unknown, T = unknown> =
  & Pick<
    Context<T>,
    | "config"
    | "url"
    | "req"
    | "params"
    | "info"
    | "state"
    | "isPartial"
    | "Component"
    | "error"
    | "route"
  >
  & { data: Data };

/** A page, layout or app wrapper; it may be async and may answer with a `Response`. */
export type RouteComponent<State> = AnyComponent<PageProps<unknown, State>>;

/** What `app.route()` takes. See https://fresh.deno.dev/docs/concepts/app */
export interface Route<State> {
  component?: RouteComponent<State>;
  config?: RouteConfig;
  handler?: RouteHandler<unknown, State>;
  /** Style sheets to link from the page, as URLs. */
  css?: string[];
}

/** Callbacks of `ctx.upgrade()`. See https://fresh.deno.dev/docs/advanced/websockets */
export interface WebSocketHandlers {
  open?(socket: WebSocket): void;
  message?(socket: WebSocket, event: MessageEvent): void;
  close?(socket: WebSocket, code: number, reason: string): void;
  error?(socket: WebSocket, event: Event | ErrorEvent): void;
}

/** Options of `ctx.upgrade()`. See https://fresh.deno.dev/docs/advanced/websockets */
export interface WebSocketUpgradeOptions {
  /** Seconds without a pong after which the socket is closed. Default: 120. */
  idleTimeout?: number;
  /** Sub-protocol to answer with. */
  protocol?: string;
}
