/**
 * What a request's middlewares, handlers and pages share.
 * @module
 */
import { type FunctionComponent, isValidElement, type VNode } from "preact";
import { componentVNode } from "./component.ts";
import { HttpError } from "./http_error.ts";
import { NONCES } from "./nonce.ts";
import { renderDocument } from "./render.ts";
import type { BuildCache } from "./build_cache.ts";
import type {
  LayoutConfig,
  ResolvedFreshConfig,
  RouteComponent,
  WebSocketHandlers,
  WebSocketUpgradeOptions,
} from "./types.ts";

/** Key of the wrappers that surround the page being rendered. */
export const UI: unique symbol = Symbol("ui");

/** The wrappers around a page, outermost layout first. */
export interface Ui<State> {
  readonly app: RouteComponent<State> | null;
  readonly layouts: readonly RouteComponent<State>[];
  readonly css?: readonly string[];
}

/** What a context is made from. */
export interface ContextInit<State> {
  readonly req: Request;
  readonly url: URL;
  readonly info: Deno.ServeHandlerInfo;
  readonly route: string | null;
  readonly params: Record<string, string>;
  readonly config: ResolvedFreshConfig;
  readonly cache: BuildCache<State>;
  readonly next: () => Promise<Response>;
}

/**
 * The request, what is known about it, and the ways to answer.
 *
 * @see https://fresh.deno.dev/docs/concepts/context
 */
export class Context<State> {
  /** The resolved options of the app. */
  readonly config: ResolvedFreshConfig;
  /** URL of the request, parsed; repeated slashes in its path are one. */
  readonly url: URL;
  /** The request itself. */
  req: Request;
  /** Pattern of the matched route, or `null`. */
  readonly route: string | null;
  /** Values of the matched pattern's parameters. */
  readonly params: Record<string, string>;
  /** Shared by everything that handles this request. */
  readonly state: State = {} as State;
  /** Free for middlewares to use. */
  data: unknown = undefined;
  /** What was thrown, for error routes; else `null`. */
  error: unknown = null;
  /** Where the connection came from. */
  readonly info: Deno.ServeHandlerInfo;
  /** Always false: partial rendering is not part of this stand-in. */
  readonly isPartial: boolean = false;
  /** What a layout wraps. */
  Component!: FunctionComponent;
  /** Runs the next middleware or the handler. */
  next: () => Promise<Response>;
  /** Set by the routing; not for applications. */
  [UI]: Ui<State> = { app: null, layouts: [] };
  #cache: BuildCache<State>;

  constructor(init: ContextInit<State>) {
    this.config = init.config;
    this.url = init.url;
    this.req = init.req;
    this.route = init.route;
    this.params = init.params;
    this.info = init.info;
    this.next = init.next;
    this.#cache = init.cache;
  }

  /** The static file or bundle at this path, or `null`. */
  static file<State>(ctx: Context<State>, path: string): ReturnType<BuildCache<State>["readFile"]> {
    return ctx.#cache.readFile(path);
  }

  /**
   * Redirects. Repeated slashes in a path are made one, so that it cannot name another host.
   *
   * @param pathOrUrl path or URL to go to
   * @param status HTTP status. Default: 302
   */
  redirect(pathOrUrl: string, status = 302): Response {
    const [, path = "", rest = ""] = /^([^?#]*)(.*)$/s.exec(pathOrUrl) ?? [];
    const location = path.startsWith("/") ? path.replace(/\/+/g, "/") + rest : pathOrUrl;
    return new Response(null, { status, headers: { location } });
  }

  /**
   * Renders an element inside the layouts and app wrapper that hold for this route.
   *
   * @param vnode what to render; `null` renders the wrappers alone
   * @param init status and headers of the response
   * @throws {Error} when given something that is no element
   */
  async render(
    // deno-lint-ignore no-explicit-any -- any element will do, whatever its properties
    vnode: VNode<any> | null,
    init: ResponseInit = {},
    config: LayoutConfig = {},
  ): Promise<Response> {
    if (vnode !== null && !isValidElement(vnode)) {
      throw new Error("ctx.render() takes an element or null");
    }
    const ui = this[UI];
    let page = vnode;
    for (const layout of config.skipInheritedLayouts ? [] : ui.layouts.toReversed()) {
      const child = page;
      const wrapped = await componentVNode(this, layout, null, () => child);
      if (wrapped instanceof Response) return wrapped;
      page = wrapped;
    }
    const app = config.skipAppWrapper ? null : ui.app;
    const body: { current: VNode | null } = { current: null };
    const shell = app === null ? null : await componentVNode(this, app, null, () => body.current);
    if (shell instanceof Response) return shell;

    const { html, nonce } = renderDocument({
      page,
      shell,
      setBody: (vnode) => body.current = vnode,
      cache: this.#cache,
      url: this.url,
      basePath: this.config.basePath,
      css: ui.css ?? [],
    });
    const headers = new Headers(init.headers);
    headers.set("Content-Type", "text/html; charset=utf-8");
    const response = new Response(html, { ...init, headers });
    NONCES.set(response, nonce);
    return response;
  }

  /**
   * Answers a WebSocket handshake. With handlers it returns the response; without, the socket too.
   *
   * @throws {HttpError} 400 when the request asks for no WebSocket
   */
  upgrade(options?: WebSocketUpgradeOptions): { socket: WebSocket; response: Response };
  upgrade(handlers: WebSocketHandlers, options?: WebSocketUpgradeOptions): Response;
  upgrade(
    first?: WebSocketHandlers | WebSocketUpgradeOptions,
    second?: WebSocketUpgradeOptions,
  ): { socket: WebSocket; response: Response } | Response {
    if (this.req.headers.get("upgrade")?.toLowerCase() !== "websocket") {
      throw new HttpError(400, "Expected a WebSocket upgrade request");
    }
    const handlers = isHandlers(first) ? first : null;
    const options = handlers === null ? first as WebSocketUpgradeOptions | undefined : second;
    const { socket, response } = Deno.upgradeWebSocket(this.req, options);
    if (handlers === null) return { socket, response };

    socket.addEventListener("open", () => handlers.open?.(socket));
    socket.addEventListener("message", (event) => handlers.message?.(socket, event));
    socket.addEventListener("close", (event) => {
      handlers.close?.(socket, event.code, event.reason);
    });
    socket.addEventListener("error", (event) => handlers.error?.(socket, event));
    return response;
  }
}

/** The same as {@link Context}. See https://fresh.deno.dev/docs/concepts/context */
export type FreshContext<State = unknown> = Context<State>;

function isHandlers(
  value: WebSocketHandlers | WebSocketUpgradeOptions | undefined,
): value is WebSocketHandlers {
  const names = ["open", "message", "close", "error"];
  return Object.entries(value ?? {}).some(([name, member]) =>
    names.includes(name) && typeof member === "function"
  );
}
