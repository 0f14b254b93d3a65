/** The gate of the dashboard's pages: signed in, not framed, and no change without the form token. @module */
import type { Context, Middleware } from "fresh";
import { ActionError } from "../actions/action_error.ts";
import { requireOwnOrigin } from "./admin_gate.ts";
import { problemFrom, problemResponse } from "./problem.ts";
import { readForm } from "./read_body.ts";
import { surfaceOf } from "./security_headers.ts";
import type { State } from "./state.ts";

const signInPage = "/sign-in";

/** Lets a signed-in browser through to the pages, and sends every other to the sign-in page. */
export function pageGate(): Middleware<State> {
  return async (ctx) => {
    if (surfaceOf(ctx.url.pathname) !== "page") return await ctx.next();
    ctx.state.signIn = ctx.state.web.signIns.find(ctx.req.headers, ctx.url.host);
    const reads = ctx.req.method === "GET" || ctx.req.method === "HEAD";
    if (reads && !isNavigation(ctx.req.headers)) return refusal(ctx, notTheDashboard());
    if (ctx.state.signIn === null) {
      return reads && ctx.url.pathname === signInPage
        ? await ctx.next()
        : ctx.redirect(signInPage, 303);
    }
    if (!reads) {
      try {
        ctx.state.form = await readSignedForm(ctx);
      } catch (fault) {
        return refusal(ctx, fault);
      }
    }
    return await ctx.next();
  };
}

function notTheDashboard(): ActionError {
  return new ActionError("origin-not-allowed", "Only the dashboard itself may load this.");
}

function refusal(ctx: Context<State>, fault: unknown): Response {
  return problemResponse(problemFrom(fault, ctx.state.broker.log));
}

/**
 * Whether a page is loaded by the dashboard itself or by going to it. From elsewhere a person may follow a link to it,
 * but nothing may fetch or embed it.
 */
function isNavigation(headers: Headers): boolean {
  const site = headers.get("sec-fetch-site");
  if (site === null || site === "none" || site === "same-origin") return true;
  return headers.get("sec-fetch-mode") === "navigate" &&
    headers.get("sec-fetch-dest") === "document";
}

/** @throws ActionError `origin-not-allowed`, `secret-missing`, and those of `readForm`. */
async function readSignedForm(ctx: Context<State>): Promise<URLSearchParams> {
  requireOwnOrigin(ctx, ctx.req.headers.get("origin"));
  const form = await readForm(ctx.req);
  const { signIn, web } = ctx.state;
  if (signIn !== null && web.signIns.hasFormToken(signIn, form)) return form;
  throw new ActionError("secret-missing", "This form is out of date. Load the page again.");
}
