/** The gate of `/admin/v1`: the signed-in person's browser, or a program of this user that can read `admin.token`. @module */
import type { Context, Middleware } from "fresh";
import { ActionError } from "../actions/action_error.ts";
import { requireOperation } from "./allowed_methods.ts";
import { bearerToken } from "./app_access.ts";
import { refuseCall } from "./refuse_call.ts";
import { surfaceOf } from "./security_headers.ts";
import { equalHashes } from "./sign_in.ts";
import type { State } from "./state.ts";

/** The one call of this surface that nobody needs to be signed in for. */
const signInPath = "/admin/v1/sign-in";

/** Answers for everything below `/admin`; passes all else on. */
export function adminGate(): Middleware<State> {
  return async (ctx) => {
    if (surfaceOf(ctx.url.pathname) !== "admin-api") return await ctx.next();
    try {
      if (ctx.url.pathname === signInPath) requireOwnOrigin(ctx, ctx.req.headers.get("origin"));
      else admit(ctx);
      requireOperation(ctx.route, ctx.req.method);
      return await ctx.next();
    } catch (fault) {
      return refuseCall(ctx, fault);
    }
  };
}

/**
 * @throws ActionError `origin-not-allowed`, `not-signed-in`, `secret-missing`.
 */
function admit(ctx: Context<State>): void {
  const { headers } = ctx.req;
  const { signIns } = ctx.state.web;
  if (headers.has("authorization")) return admitProgram(ctx);
  if (headers.has("origin")) requireOwnOrigin(ctx, headers.get("origin"));
  requireOwnSite(headers);
  const signIn = signIns.find(headers, ctx.url.host);
  if (!signIn) {
    throw new ActionError(
      "not-signed-in",
      "Open a launch link first; `deno task link` prints one.",
    );
  }
  if (!signIns.hasSecret(signIn, headers)) {
    throw new ActionError(
      "secret-missing",
      "The cookie alone is not enough: send this origin's secret in `X-Gatehouse-Secret`.",
    );
  }
  ctx.state.signIn = signIn;
}

/** `admin.token` is for the command line and automation; a browser always tells where a page's call comes from. */
function admitProgram(ctx: Context<State>): void {
  const { headers } = ctx.req;
  if (headers.has("origin") || headers.has("sec-fetch-site")) {
    throw new ActionError("origin-not-allowed", "`admin.token` is not for web pages.");
  }
  const token = bearerToken(headers);
  const { broker, web } = ctx.state;
  if (token === null || !equalHashes(broker.secrets.hash(token), web.adminTokenHash)) {
    throw new ActionError("not-signed-in", "This is not the token in the file `admin.token`.");
  }
}

/** @throws ActionError `origin-not-allowed` unless `Origin` is the dashboard's own, port included. */
export function requireOwnOrigin(ctx: Context<State>, origin: string | null): void {
  if (origin === ctx.url.origin) return;
  throw new ActionError("origin-not-allowed", "Only the dashboard itself may do this.");
}

/** A browser that tells whence a call comes must say: from the dashboard itself (Fetch Metadata). */
function requireOwnSite(headers: Headers): void {
  const site = headers.get("sec-fetch-site");
  if (site === null || site === "same-origin") return;
  throw new ActionError("origin-not-allowed", "Only the dashboard itself may do this.");
}
