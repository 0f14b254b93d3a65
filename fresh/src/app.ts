/**
 * The app: a list of middlewares, routes and layouts, and the function that answers requests.
 * @module
 */
import { STATUS_CODES } from "node:http";
import { type BuildCache, emptyCache } from "./build_cache.ts";
import { Context } from "./context.ts";
import { stepsOf } from "./file_routes.ts";
import { HttpError } from "./http_error.ts";
import { branchOf, joinMount, METHODS, Router } from "./router.ts";
import { applySteps, type Step } from "./step.ts";
import type {
  FreshConfig,
  LayoutConfig,
  MaybeLazy,
  MaybeLazyMiddleware,
  Method,
  Middleware,
  ResolvedFreshConfig,
  Route,
  RouteComponent,
  RouteConfig,
} from "./types.ts";

/** Options of `app.listen()`. See https://fresh.deno.dev/docs/concepts/app */
export type ListenOptions = Partial<Deno.ServeTcpOptions & Deno.TlsCertifiedKeyPem>;

/** Given to a handler that is called without connection info, as tests do. */
const NO_CONNECTION: Deno.ServeHandlerInfo = {
  remoteAddr: { transport: "tcp", hostname: "localhost", port: 1234 },
  completed: Promise.resolve(),
};

/** Connects an app with a build; for `Builder` only. */
export let setBuildCache: <State>(app: App<State>, cache: BuildCache<State>) => void;

/**
 * Middlewares, routes and layouts, in the order they are added; each call returns the app.
 *
 * @see https://fresh.deno.dev/docs/concepts/app
 */
export class App<State> {
  /** The resolved options. */
  config: ResolvedFreshConfig;
  #steps: Step<State>[] = [];
  #cache: () => BuildCache<State> | null = () => null;

  static {
    setBuildCache = (app, cache) => {
      app.config.root = cache.root;
      app.#cache = () => cache;
    };
  }

  constructor(config: FreshConfig = {}) {
    this.config = { root: ".", basePath: "", mode: "production", trustProxy: false, ...config };
  }

  #add(step: Step<State>): this {
    this.#steps.push(step);
    return this;
  }

  /** Adds middlewares, for everything or below a path. */
  use(...middlewares: MaybeLazyMiddleware<State>[]): this;
  use(path: string, ...middlewares: MaybeLazyMiddleware<State>[]): this;
  use(
    first: string | MaybeLazyMiddleware<State> | undefined,
    ...rest: MaybeLazyMiddleware<State>[]
  ): this {
    const middlewares = typeof first === "function" ? [first, ...rest] : rest;
    const branch = typeof first === "string" ? branchOf(first) : [];
    return this.#add({ kind: "middleware", branch, middlewares });
  }

  /** Sets what answers when nothing else does, and every error with status 404. */
  notFound(route: Route<State> | Middleware<State>): this {
    return this.#add({ kind: "notFound", route: asRoute(route) });
  }

  /** Sets what answers errors below a path; it finds the error in `ctx.error`. */
  onError(path: string, route: Route<State> | Middleware<State>): this {
    return this.#add({ kind: "error", branch: branchOf(path), route: asRoute(route) });
  }

  /** Sets the component around every page, with `<html>`, `<head>` and `<body>`. */
  appWrapper(component: RouteComponent<State>): this {
    return this.#add({ kind: "app", component });
  }

  /** Sets the component around every page below a path. */
  layout(path: string, component: RouteComponent<State>, config: LayoutConfig = {}): this {
    return this.#add({ kind: "layout", branch: branchOf(path), component, config });
  }

  /** Adds a page with a component and handlers; it may be loaded on first use. */
  route(path: string, route: MaybeLazy<Route<State>>, config?: RouteConfig): this {
    const pattern = config?.routeOverride ?? path;
    return this.#add({ kind: "route", branch: branchOf(path), pattern, route });
  }

  /** Answers GET, and HEAD where that has no answer of its own. */
  get(path: string, ...middlewares: MaybeLazyMiddleware<State>[]): this {
    return this.#handle(["GET"], path, middlewares);
  }

  /** Answers POST. */
  post(path: string, ...middlewares: MaybeLazyMiddleware<State>[]): this {
    return this.#handle(["POST"], path, middlewares);
  }

  /** Answers PATCH. */
  patch(path: string, ...middlewares: MaybeLazyMiddleware<State>[]): this {
    return this.#handle(["PATCH"], path, middlewares);
  }

  /** Answers PUT. */
  put(path: string, ...middlewares: MaybeLazyMiddleware<State>[]): this {
    return this.#handle(["PUT"], path, middlewares);
  }

  /** Answers DELETE. */
  delete(path: string, ...middlewares: MaybeLazyMiddleware<State>[]): this {
    return this.#handle(["DELETE"], path, middlewares);
  }

  /** Answers HEAD. */
  head(path: string, ...middlewares: MaybeLazyMiddleware<State>[]): this {
    return this.#handle(["HEAD"], path, middlewares);
  }

  /** Answers every method. */
  all(path: string, ...middlewares: MaybeLazyMiddleware<State>[]): this {
    return this.#handle(METHODS, path, middlewares);
  }

  #handle(
    methods: readonly Method[],
    path: string,
    middlewares: MaybeLazyMiddleware<State>[],
  ): this {
    const branch = branchOf(path);
    return this.#add({ kind: "handler", branch, pattern: path, methods, middlewares });
  }

  /** Adds the files below `routes/` here, for everything or below a path. */
  fsRoutes(pattern = "*"): this {
    return this.#add({
      kind: "files",
      pattern,
      steps: () => this.#cache()?.routes.flatMap(stepsOf) ?? [],
    });
  }

  /**
   * Adds everything of another app below a path.
   *
   * @throws {Error} when that app has a base path: Fresh would leave out its middlewares
   */
  mountApp(path: string, app: App<State>): this {
    if (app.config.basePath !== "") throw new Error("A mounted app cannot have a base path");
    for (const step of app.#steps) {
      const branch = "branch" in step ? { branch: [...branchOf(path), ...step.branch] } : {};
      const pattern = "pattern" in step ? { pattern: joinMount(path, step.pattern) } : {};
      this.#steps.push({ ...step, ...branch, ...pattern });
    }
    app.#cache = () => this.#cache();
    return this;
  }

  /** The function that answers requests. It never rejects: an error becomes a response. */
  handler(): (request: Request, info?: Deno.ServeHandlerInfo) => Promise<Response> {
    const { config } = this;
    const router = new Router<Middleware<State>>();
    const unmatched = applySteps(this.#steps, router, config.basePath);
    const cache = this.#cache() ?? emptyCache<State>();

    return async (req, info = NO_CONNECTION) => {
      const method = req.method.toUpperCase() as Method;
      const url = urlOf(req, config.trustProxy);
      const { pattern: route, params, item, methods } = router.match(method, url);
      const next = () => otherwise(method, route, methods);
      const ctx = new Context<State>({ req, url, info, route, params, config, cache, next });
      try {
        const response = await (item ?? unmatched)(ctx);
        if (!(response instanceof Response)) {
          throw new Error(`A handler must return a Response, not ${response}`);
        }
        return method === "HEAD" ? new Response(null, response) : response;
      } catch (error) {
        return errorResponse(error);
      }
    };
  }

  /** Serves the app, on the first free port from 8000 where none is given.
   * Resolves as soon as it listens. */
  listen(options: ListenOptions = {}): Promise<void> {
    const handler = this.handler();
    for (let port = options.port ?? 8000;; port++) {
      try {
        Deno.serve({ ...options, port }, handler);
        return Promise.resolve();
      } catch (error) {
        const isLast = options.port !== undefined || port === 8019;
        if (isLast || !(error instanceof Deno.errors.AddrInUse)) throw error;
      }
    }
  }
}

function asRoute<State>(route: Route<State> | Middleware<State>): Route<State> {
  return typeof route === "function" ? { handler: route } : route;
}

/** Repeated slashes are made one, so that no path can be taken for another host. */
function urlOf(req: Request, trustProxy: boolean): URL {
  const url = new URL(req.url);
  url.pathname = url.pathname.replace(/\/+/g, "/");
  if (trustProxy) {
    const protocol = req.headers.get("x-forwarded-proto");
    const host = req.headers.get("x-forwarded-host");
    if (protocol !== null) url.protocol = `${protocol}:`;
    if (host !== null) url.host = host;
  }
  return url;
}

/** What is behind the last middleware. */
function otherwise(
  method: Method,
  route: string | null,
  methods: readonly Method[],
): Promise<Response> {
  const isHandled = methods.includes(method) ||
    (method === "HEAD" && methods.includes("GET"));
  if (route === null || isHandled) return Promise.reject(new HttpError(404));
  if (method !== "OPTIONS") return Promise.reject(new HttpError(405));
  return Promise.resolve(
    new Response(null, { status: 204, headers: { Allow: methods.join(", ") } }),
  );
}

/** The answer to an error that no error route took. Only an `HttpError` tells the client more. */
function errorResponse(error: unknown): Response {
  const status = error instanceof HttpError ? error.status : 500;
  // deno-lint-ignore no-console -- the operator has to learn of a fault the client is not told
  if (status >= 500) console.error(error);
  if (!(error instanceof HttpError)) {
    return new Response("Internal server error", { status });
  }
  return new Response(error.message || (STATUS_CODES[status] ?? ""), { status });
}
