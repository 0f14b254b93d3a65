/** The gate of `/api/v1`: preflights, CORS on every answer, problem details for every error. @module */
import type { Middleware } from "fresh";
import { requireOperation } from "./allowed_methods.ts";
import { makeReadable, preflight, readableBy } from "./app_access.ts";
import { refuseCall } from "./refuse_call.ts";
import { surfaceOf } from "./security_headers.ts";
import type { State } from "./state.ts";

const appSurfaces: ReadonlySet<string> = new Set(["app-api", "resource"]);

/** Answers for everything below `/api`; passes all else on. */
export function appGate(): Middleware<State> {
  return async (ctx) => {
    if (!appSurfaces.has(surfaceOf(ctx.url.pathname))) return await ctx.next();
    let origin: string | null = null;
    try {
      origin = readableBy(ctx.req);
      if (ctx.req.method === "OPTIONS") return makeReadable(preflight(), origin);
      requireOperation(ctx.route, ctx.req.method);
      return makeReadable(await ctx.next(), origin);
    } catch (fault) {
      return makeReadable(refuseCall(ctx, fault), origin);
    }
  };
}
