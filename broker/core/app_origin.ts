/** Which origins an app may have, and what kind of app an origin makes. @module */
import type { AppKind } from "../schema/app.ts";

const extensionSchemes = new Set(["chrome-extension:", "moz-extension:", "safari-web-extension:"]);

/** What an `Origin` header says of who is calling. */
export type AppOrigin =
  | { readonly kind: Exclude<AppKind, "program">; readonly origin: string }
  | { readonly kind: "insecure" | "opaque" | "invalid" };

/**
 * Reads a serialised origin. Web apps must be secure contexts: `https`, or `http` on a loopback host
 * (Secure Contexts, section 3.1); an opaque origin (`null`) is nobody's.
 *
 * ```ts
 * import assert from "node:assert/strict";
 *
 * assert.equal(readAppOrigin("https://mail.example.com").kind, "web");
 * assert.equal(readAppOrigin("http://127.0.0.1:8080").kind, "web");
 * assert.equal(readAppOrigin("http://mail.example.com").kind, "insecure");
 * ```
 */
export function readAppOrigin(header: string): AppOrigin {
  if (header === "null") return { kind: "opaque" };
  if (header.length > 512 || !URL.canParse(header)) return { kind: "invalid" };
  const url = new URL(header);
  const bare = `${url.protocol}//${url.host}`;
  if (bare !== header || url.host === "") return { kind: "invalid" };
  if (extensionSchemes.has(url.protocol)) return { kind: "extension", origin: header };
  if (url.protocol === "https:") return { kind: "web", origin: header };
  if (url.protocol !== "http:") return { kind: "invalid" };
  return isLoopbackHost(url.hostname) ? { kind: "web", origin: header } : { kind: "insecure" };
}

/** Whether a canonical host, as `URL.hostname` gives it, is loopback without being looked up. */
export function isLoopbackHost(hostname: string): boolean {
  return hostname === "localhost" || hostname.endsWith(".localhost") || hostname === "[::1]" ||
    /^127\.\d+\.\d+\.\d+$/.test(hostname);
}
