/**
 * The middleware that refuses changes asked for by other sites.
 * @module
 */
import type { Context } from "./context.ts";
import { HttpError } from "./http_error.ts";
import type { Middleware } from "./types.ts";

/** Options of {@link csrf}. See https://fresh.deno.dev/docs/plugins/csrf */
export interface CsrfOptions<State = unknown> {
  /** Origins that may ask for changes. Default: the app's own. */
  origin?:
    | string
    | string[]
    | ((origin: string, context: Context<State>) => boolean);
}

/**
 * Answers 403 to POST, PUT, PATCH and DELETE from other origins, by `Sec-Fetch-Site` and `Origin`.
 * Requests with neither pass, and so do all of GET, HEAD and OPTIONS, WebSocket handshakes included.
 *
 * @see https://fresh.deno.dev/docs/plugins/csrf
 */
export function csrf<State>(options: CsrfOptions<State> = {}): Middleware<State> {
  return async (ctx) => {
    const { method, headers } = ctx.req;
    if (["GET", "HEAD", "OPTIONS"].includes(method)) return await ctx.next();
    const site = headers.get("Sec-Fetch-Site");
    const origin = headers.get("Origin");
    const isOwn = site === "same-origin" || site === "none";
    const isUnknown = site === null && origin === null;
    if (isOwn || isUnknown || isAllowed(origin, options.origin, ctx)) {
      return await ctx.next();
    }
    throw new HttpError(403);
  };
}

function isAllowed<State>(
  origin: string | null,
  allowed: CsrfOptions<State>["origin"],
  ctx: Context<State>,
): boolean {
  if (origin === null) return false;
  if (typeof allowed === "function") return allowed(origin, ctx);
  return [allowed || ctx.url.origin].flat().includes(origin);
}
