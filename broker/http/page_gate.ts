/** The gate of the dashboard's pages: signed in, not framed, and no change without the form token. @module */
import type { Context, Middleware } from "fresh";
import { ActionError } from "../actions/action_error.ts";
import { requireOwnOrigin } from "./admin_gate.ts";
import { problemFrom, problemResponse } from "./problem.ts";
import { readForm } from "./read_body.ts";
import { surfaceOf } from "./security_headers.ts";
import type { State } from "./state.ts";

const signInPage = "/sign-in";

/** What a form without script leaves in the query for the page that follows it: what came of it, what to confirm. */
const ownWords = ["done", "problem", "confirm"];

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
    const own = reads ? withoutForeignWords(ctx) : null;
    if (own !== null) return ctx.redirect(own, 303);
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

/**
 * Where to go instead when a link from elsewhere would have a page say what was done, or what to confirm: whoever asks could
 * speak to the person in Gatehouse's name. Null when there is nothing of that.
 */
function withoutForeignWords({ req, url }: Context<State>): string | null {
  const site = req.headers.get("sec-fetch-site");
  if (site === null || site === "same-origin") return null;
  const query = new URLSearchParams(url.searchParams);
  for (const name of ownWords) query.delete(name);
  if (query.size === url.searchParams.size) return null;
  return query.size === 0 ? url.pathname : `${url.pathname}?${query}`;
}

/** @throws ActionError `origin-not-allowed`, `secret-missing`, and those of `readForm`. */
async function readSignedForm(ctx: Context<State>): Promise<URLSearchParams> {
  requireOwnOrigin(ctx, ctx.req.headers.get("origin"));
  const form = await readForm(ctx.req);
  const { signIn, web } = ctx.state;
  if (signIn !== null && web.signIns.hasFormToken(signIn, form)) return form;
  throw new ActionError("secret-missing", "This form is out of date. Load the page again.");
}
