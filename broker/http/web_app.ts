/** The Fresh app of the web side, and the one function that answers its requests. @module */
import { App, staticFiles } from "fresh";
import type { Broker } from "../actions/ports.ts";
import { adminGate } from "./admin_gate.ts";
import { appGate } from "./app_gate.ts";
import { pageGate } from "./page_gate.ts";
import { forbid, pagePolicy } from "./security_headers.ts";
import type { State, WebParts } from "./state.ts";

/** The app, without the routes on disk until a build is applied to it. */
export function webApp(broker: Broker, web: WebParts): App<State> {
  return new App<State>()
    .use((ctx) => {
      Object.assign(ctx.state, { broker, web, signIn: null, form: null } satisfies State);
      return ctx.next();
    })
    .use(appGate(), adminGate(), pagePolicy(), staticFiles(), pageGate())
    .fsRoutes();
}

/** Answers requests to the app; their URLs name the `Host` that the front has vetted. */
export function webHandler(app: App<State>): (request: Request) => Promise<Response> {
  const handle = app.handler();
  return async (request) => forbid(await handle(request), new URL(request.url).pathname);
}
