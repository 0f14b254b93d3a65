/**
 * Helpers that only carry types between a route's handler and its page.
 * @module
 */
import type { AnyComponent } from "preact";
import type {
  HandlerByMethod,
  HandlerFn,
  Middleware,
  PageProps,
  PageResponse,
  RouteHandler,
} from "./types.ts";

/** What `createDefine()` returns. See https://fresh.deno.dev/docs/advanced/define */
export interface Define<State> {
  /** Types a route's handlers. */
  handlers<Data, Handlers extends RouteHandler<Data, State> = RouteHandler<Data, State>>(
    handlers: Handlers,
  ): typeof handlers;
  /** Types a page; `define.page<typeof handler>` gives it the handler's data. */
  page<
    Handler extends RouteHandler<unknown, State> = never,
    Data = Handler extends HandlerFn<infer D, State> ? D
      : Handler extends HandlerByMethod<infer D, State> ? D
      : never,
  >(render: AnyComponent<PageProps<Data, State>>): typeof render;
  /** Types a layout. */
  layout(render: AnyComponent<PageProps<unknown, State>>): typeof render;
  /** Types one middleware or a list of them. */
  middleware<M extends Middleware<State> | Middleware<State>[]>(middleware: M): typeof middleware;
}

/**
 * Makes the `define.*` helpers for one shape of `ctx.state`. Each returns what it is given.
 *
 * @see https://fresh.deno.dev/docs/advanced/define
 */
export function createDefine<State>(): Define<State> {
  return {
    handlers: (handlers) => handlers,
    page: (render) => render,
    layout: (render) => render,
    middleware: (middleware) => middleware,
  };
}

/**
 * Hands data from a handler to its page component, with the response's status and headers.
 *
 * @see https://fresh.deno.dev/docs/concepts/data-fetching
 */
export function page<T>(
  data: T,
  options?: { headers?: HeadersInit; status?: number },
): PageResponse<T>;
export function page(): PageResponse<undefined>;
export function page<T>(
  data?: T,
  options: { headers?: HeadersInit; status?: number } = {},
): PageResponse<T | undefined> {
  return { data, ...options };
}
