/**
 * What an app is told, one call after the other, and how that becomes routes.
 * @module
 */
import { type Branch, branchAt, chain, middlewaresOf, newBranch, runRoute } from "./branch.ts";
import { joinMount, joinPattern, METHODS, type Router } from "./router.ts";
import type {
  LayoutConfig,
  MaybeLazy,
  MaybeLazyMiddleware,
  Method,
  Middleware,
  Route,
  RouteComponent,
} from "./types.ts";

/** One call such as `app.use()`, or what one file below `routes/` stands for. */
export type Step<State> =
  | { kind: "app"; component: RouteComponent<State> }
  | { kind: "notFound"; route: Route<State> }
  | { kind: "files"; pattern: string; steps: () => Step<State>[] }
  | {
    kind: "middleware";
    branch: string[];
    middlewares: MaybeLazyMiddleware<State>[];
  }
  | {
    kind: "layout";
    branch: string[];
    component: RouteComponent<State>;
    config: LayoutConfig;
  }
  | { kind: "error"; branch: string[]; route: Route<State> }
  | {
    kind: "handler";
    branch: string[];
    pattern: string;
    methods: readonly Method[];
    middlewares: MaybeLazyMiddleware<State>[];
  }
  | {
    kind: "route";
    branch: string[];
    pattern: string;
    route: MaybeLazy<Route<State>>;
  };

/**
 * Carries the steps out in order. A route gets the middlewares, layouts and error routes that were
 * there before it.
 *
 * @returns what runs for requests that no route matches
 */
export function applySteps<State>(
  steps: readonly Step<State>[],
  router: Router<Middleware<State>>,
  basePath: string,
): Middleware<State> {
  const root = newBranch<State>(null);
  for (const step of steps) apply(step, root, router, basePath);
  return chain(middlewaresOf(root));
}

function apply<State>(
  step: Step<State>,
  root: Branch<State>,
  router: Router<Middleware<State>>,
  base: string,
): void {
  switch (step.kind) {
    case "app":
      root.app = step.component;
      return;
    case "notFound":
      root.notFound = step.route;
      return;
    case "files":
      for (const inner of step.steps()) {
        apply(inner, root, router, joinMount(base, step.pattern));
      }
      return;
  }
  const branch = branchAt(root, step.branch);
  switch (step.kind) {
    case "middleware":
      branch.middlewares.push(...step.middlewares);
      return;
    case "layout":
      branch.layout = step;
      return;
    case "error":
      branch.errorRoute = step.route;
      return;
    case "handler": {
      const run = chain([...middlewaresOf(branch), ...step.middlewares]);
      router.add(step.methods, joinPattern(base, step.pattern), run);
      return;
    }
    case "route": {
      const { route } = step;
      const override = typeof route === "function" ? undefined : route.config?.routeOverride;
      const run = chain([...middlewaresOf(branch), routeMiddleware(route)]);
      router.add(methodsOf(route), joinPattern(base, override ?? step.pattern), run);
    }
  }
}

function routeMiddleware<State>(route: MaybeLazy<Route<State>>): Middleware<State> {
  let loaded = typeof route === "function" ? undefined : route;
  return async (ctx) => {
    if (typeof route === "function") loaded ??= await route();
    return await runRoute(ctx, loaded ?? {});
  };
}

/** A lazy route is asked for every method, since its handlers are not known yet. */
function methodsOf<State>(route: MaybeLazy<Route<State>>): readonly Method[] {
  if (typeof route === "function" || typeof route.handler !== "object") {
    return METHODS;
  }
  const methods = Object.keys(route.handler) as Method[];
  return route.component !== undefined && !methods.includes("GET") ? ["GET", ...methods] : methods;
}
