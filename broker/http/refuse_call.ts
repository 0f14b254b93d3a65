/** The answer to a call of the API that failed. @module */
import type { Context } from "fresh";
import { allowedMethods } from "./allowed_methods.ts";
import { problemFrom, problemResponse } from "./problem.ts";
import type { State } from "./state.ts";

/** Answers problem details of what a handler, or the router, threw. */
export function refuseCall(ctx: Context<State>, fault: unknown): Response {
  return problemResponse(problemFrom(fault, ctx.state.broker.log), allowedMethods(ctx.route ?? ""));
}
