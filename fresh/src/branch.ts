/**
 * The tree of paths that layouts, middlewares and error routes hang on.
 * @module
 */
import { type Context, UI } from "./context.ts";
import { HttpError } from "./http_error.ts";
import { componentVNode } from "./component.ts";
import type {
  HandlerFn,
  LayoutConfig,
  MaybeLazyMiddleware,
  Method,
  Middleware,
  Route,
  RouteComponent,
} from "./types.ts";

/** What holds for every route below one path. */
export interface Branch<State> {
  readonly parent: Branch<State> | null;
  readonly children: Map<string, Branch<State>>;
  readonly middlewares: MaybeLazyMiddleware<State>[];
  layout: { component: RouteComponent<State>; config: LayoutConfig } | null;
  errorRoute: Route<State> | null;
  /** Only used on the root. */
  app: RouteComponent<State> | null;
  /** Only used on the root. */
  notFound: Route<State> | null;
}

/** An empty branch; without a parent it is the root. */
export function newBranch<State>(parent: Branch<State> | null): Branch<State> {
  return {
    parent,
    children: new Map(),
    middlewares: [],
    layout: null,
    errorRoute: null,
    app: null,
    notFound: null,
  };
}

/** The branch with these names, made where it does not exist yet. */
export function branchAt<State>(root: Branch<State>, names: readonly string[]): Branch<State> {
  let branch = root;
  for (const name of names) {
    let child = branch.children.get(name);
    if (child === undefined) {
      branch.children.set(name, child = newBranch(branch));
    }
    branch = child;
  }
  return branch;
}

/** Everything that runs around a route of this branch, from the root inwards, as registered so far. */
export function middlewaresOf<State>(branch: Branch<State>): MaybeLazyMiddleware<State>[] {
  const path: Branch<State>[] = [];
  for (let at: Branch<State> | null = branch; at !== null; at = at.parent) {
    path.unshift(at);
  }
  const root = path[0] ?? branch;
  return path.flatMap((at) => [frame(at, root), ...at.middlewares]);
}

/** Puts a branch's layout around what is inside, and its error route behind it. */
function frame<State>(branch: Branch<State>, root: Branch<State>): Middleware<State> {
  const { layout, app, errorRoute } = branch;
  return async (ctx) => {
    const outer = ctx[UI];
    const inherited = layout?.config.skipInheritedLayouts ? [] : outer.layouts;
    ctx[UI] = {
      app: layout?.config.skipAppWrapper ? null : app ?? outer.app,
      layouts: layout === null ? outer.layouts : [...inherited, layout.component],
    };
    try {
      return await ctx.next();
    } catch (error) {
      const status = error instanceof HttpError ? error.status : 500;
      if (status === 404 && root.notFound !== null) {
        return await runRoute(ctx, root.notFound);
      }
      if (errorRoute !== null) return await runRoute(ctx, errorRoute, status);
      throw error;
    } finally {
      ctx[UI] = outer;
    }
  };
}

/**
 * Chains middlewares into one. A lazy one is replaced by what it loaded. Whatever is thrown becomes
 * `ctx.error` on its way out.
 */
export function chain<State>(middlewares: MaybeLazyMiddleware<State>[]): Middleware<State> {
  const fns = [...middlewares];
  const run = async (ctx: Context<State>, index: number, end: () => Promise<Response>) => {
    ctx.next = () => run(ctx, index + 1, end);
    try {
      const fn = fns[index];
      const result = await (fn === undefined ? end() : fn(ctx));
      if (typeof result !== "function") return result;
      fns[index] = result;
      return await result(ctx);
    } catch (error) {
      ctx.error = error;
      throw error;
    }
  };
  return (ctx) => run(ctx, 0, ctx.next);
}

/** Runs a route's handler and, unless that answered by itself, renders its component. */
export async function runRoute<State>(
  ctx: Context<State>,
  route: Route<State>,
  status = 200,
): Promise<Response> {
  const outer = ctx[UI];
  ctx[UI] = {
    app: route.config?.skipAppWrapper ? null : outer.app,
    layouts: route.config?.skipInheritedLayouts ? [] : outer.layouts,
  };
  try {
    const handler = handlerFor(route, ctx.req.method.toUpperCase() as Method);
    if (handler === null) return await ctx.next();
    const result = await handler(ctx);
    if (result instanceof Response) return result;

    const headers = new Headers(result.headers);
    const init = { status: result.status ?? status, headers };
    if (route.component === undefined) return await ctx.render(null, init);
    const vnode = await componentVNode(ctx, route.component, result.data);
    if (vnode instanceof Response) return vnode;
    ctx[UI] = { ...ctx[UI], css: route.css ?? [] };
    return await ctx.render(vnode, init);
  } finally {
    ctx[UI] = outer;
  }
}

/** `null`: the route has handlers, but none for this method. */
function handlerFor<State>(route: Route<State>, method: Method): HandlerFn<unknown, State> | null {
  const { handler, component } = route;
  const render = () => ({ data: {} });
  if (handler === undefined) {
    if (component !== undefined) return render;
    throw new HttpError(404);
  }
  if (typeof handler === "function") return handler;
  const get = handler.GET ?? (component === undefined ? null : render);
  return handler[method] ??
    (method === "GET" || method === "HEAD" ? get : null);
}
