/** The app's side of the API: who calls, and what a browser lets the calling page read of the answer. @module */
import { ActionError } from "../actions/action_error.ts";
import { admitOrigin } from "../actions/admit_origin.ts";
import { authenticateApp, type Caller } from "../actions/authenticate_app.ts";
import type { Broker } from "../actions/ports.ts";
import type { App } from "../schema/app.ts";

/** How long a browser may keep the answer to a preflight, in seconds. */
const preflightMaxAgeSeconds = 600;

/**
 * The app that makes this call, by its `Origin` and its bearer token together. Whether it is installed is not asked here.
 *
 * @throws ActionError `token-missing`, `token-unknown`, `origin-not-allowed`.
 */
export function callingApp(broker: Broker, request: Request): Caller {
  return authenticateApp(broker, {
    token: bearerToken(request.headers),
    origin: request.headers.get("origin"),
  });
}

/**
 * The app that makes this call, by a token that may speak for it: one that waits until a person accepts it learns nothing
 * of an app that is installed, and asks nothing for it. An app that waits itself passes, as every decision denies it.
 *
 * @throws ActionError `not-installed`, and those of {@link callingApp}.
 */
export function acceptedApp(broker: Broker, request: Request): App {
  const caller = callingApp(broker, request);
  if (caller.app.state === "installed") requireInstalled(caller);
  return caller.app;
}

/**
 * The app that makes this call, by a token that a person has accepted.
 *
 * @throws ActionError `not-installed`, and those of {@link callingApp}.
 */
export function installedCaller(broker: Broker, request: Request): Caller {
  const caller = callingApp(broker, request);
  requireInstalled(caller);
  return caller;
}

/** The token of `Authorization: Bearer TOKEN` (RFC 6750, section 2.1), or null. */
export function bearerToken(headers: Headers): string | null {
  return /^Bearer +([\w.~+/-]+=*)$/i.exec(headers.get("authorization") ?? "")?.[1] ?? null;
}

/**
 * The origin whose page may read the answer: the caller's own, if an app could have it. Null when the call names none.
 *
 * @throws ActionError `insecure-context`, `origin-not-allowed`.
 */
export function readableBy(request: Request): string | null {
  const origin = request.headers.get("origin");
  return origin === null ? null : admitOrigin(origin).origin;
}

/**
 * The answer to a preflight (Fetch standard, "CORS-preflight fetch"). No credentials: this surface has no cookies.
 */
export function preflight(): Response {
  return new Response(null, {
    status: 204,
    headers: {
      "access-control-allow-methods": "GET, POST, PUT, DELETE",
      "access-control-allow-headers":
        "Authorization, Content-Type, Last-Event-ID, Gatehouse-Headers",
      "access-control-max-age": String(preflightMaxAgeSeconds),
    },
  });
}

/**
 * Lets one origin read an answer, an error as well: a page that cannot read it can't tell a refusal from a broker that
 * isn't there. Every answer varies by `Origin`, those to nobody included.
 */
export function makeReadable(response: Response, origin: string | null): Response {
  response.headers.append("vary", "Origin");
  if (origin !== null) {
    response.headers.set("access-control-allow-origin", origin);
    response.headers.set("access-control-expose-headers", "Retry-After, Gatehouse-Response");
  }
  return response;
}

/** @throws ActionError `not-installed` unless a person has installed this app and accepted this credential of it. */
export function requireInstalled({ app, credential }: Caller): void {
  if (app.state === "installed" && credential.state === "active") return;
  throw new ActionError(
    "not-installed",
    "The person has not installed this app yet. Wait at `GET /api/v1/apps/me/wait`.",
  );
}
