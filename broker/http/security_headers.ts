/** What every answer tells the browser to forbid (reference: Content Security Policy Level 3, Trusted Types, Fetch). @module */
import { csp, type Middleware } from "fresh";
import type { State } from "./state.ts";

/** For answers that no browser should render: nothing may load, run or frame them. */
const apiPolicy = "default-src 'none'; frame-ancestors 'none'";

/** For what another site has made: should it be opened as a page, that page has no origin and can do nothing. */
const resourcePolicy = `${apiPolicy}; sandbox`;

/** For pages that Fresh did not render through {@link pagePolicy}, such as error pages: no script at all. */
const scriptlessPolicy =
  "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/**
 * The policy of the dashboard's pages. A nonce takes the place of `'unsafe-inline'`; a page cannot make a script out of
 * text, since no trusted type may be made.
 */
export function pagePolicy(): Middleware<State> {
  return csp<State>({
    useNonce: true,
    csp: [
      "default-src 'none'",
      "script-src 'self' 'unsafe-inline'",
      "style-src 'self' 'unsafe-inline'",
      "font-src 'self'",
      "img-src 'self' data:",
      "media-src 'none'",
      "worker-src 'self'",
      "manifest-src 'self'",
      "connect-src 'self'",
      "base-uri 'none'",
      "form-action 'self'",
      "frame-ancestors 'none'",
      "require-trusted-types-for 'script'",
      "trusted-types 'none'",
    ],
  });
}

/** What kind of answer stands at a path. */
type Surface = "app-api" | "admin-api" | "resource" | "sdk" | "page";

/** The surface that a path belongs to. */
export function surfaceOf(pathname: string): Surface {
  if (pathname.startsWith("/api/v1/resources/")) return "resource";
  if (pathname === "/api" || pathname.startsWith("/api/")) return "app-api";
  if (pathname === "/admin" || pathname.startsWith("/admin/")) return "admin-api";
  return /^\/sdk(\.|\/)/.test(pathname) ? "sdk" : "page";
}

/**
 * Sets what forbids on an answer, whoever made it. To be called on what Fresh's handler returns, so that error pages,
 * which no middleware sees, have it too.
 */
export function forbid(response: Response, pathname: string): Response {
  const { headers } = response;
  const surface = surfaceOf(pathname);
  headers.set("x-content-type-options", "nosniff");
  headers.set("x-frame-options", "DENY");
  const isForPages = surface === "sdk" || surface === "resource";
  headers.set("cross-origin-resource-policy", isForPages ? "cross-origin" : "same-origin");
  if (surface !== "page") {
    headers.set("content-security-policy", surface === "resource" ? resourcePolicy : apiPolicy);
    headers.set("referrer-policy", "no-referrer");
    return response;
  }
  headers.set("content-security-policy", withoutLoopholes(headers.get("content-security-policy")));
  headers.set("cross-origin-opener-policy", "same-origin");
  headers.set("cross-origin-embedder-policy", "require-corp");
  headers.set("permissions-policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()");
  // Not `no-referrer`: with it, a form without JavaScript would send `Origin: null` even to its own origin
  // (Fetch standard, "append a request `Origin` header"), and could not be told from a foreign one.
  headers.set("referrer-policy", "same-origin");
  if (!headers.has("cache-control")) headers.set("cache-control", "no-store");
  return response;
}

/**
 * Takes out of Fresh's policy what it adds by itself: `upgrade-insecure-requests` would break a dashboard on http in
 * browsers that don't except loopback, and `'unsafe-inline'` stays where an answer was not rendered and so has no nonce.
 */
function withoutLoopholes(policy: string | null): string {
  if (policy === null) return scriptlessPolicy;
  return policy.split("; ").filter((directive) => directive !== "upgrade-insecure-requests")
    .join("; ").replaceAll(" 'unsafe-inline'", "");
}
