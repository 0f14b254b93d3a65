/** Scope: which URLs belong to an app, by its manifest alone, and with the origins that agreed to be part of it. @module */

import { isLoopbackHost } from "./app_origin.ts";

/** An origin that agreed: every URL that begins with `scope` is in the extended scope. */
export interface ScopeExtension {
  /** Absent or null while the origin has not agreed: nothing is in scope by it then. */
  readonly scope?: string | null;
  /** The associated origin; that of `scope` when absent. */
  readonly origin?: string;
  /** Whether the names below the host are meant too, whatever their path. */
  readonly has_origin_wildcard?: boolean;
}

/** An app's scope, and the origins that it is extended to. */
export interface ScopedApp {
  readonly scope: string;
  /** The extensions that were validated. */
  readonly extensions?: readonly ScopeExtension[];
  /** The same, spelt as in a manifest: a processed manifest is a scoped app, none of whose extensions is validated. */
  readonly scope_extensions?: readonly ScopeExtension[];
}

/**
 * Whether a URL is within a scope: same origin, and a path that begins with the scope's path, as strings (Web Application
 * Manifest, "within scope"). `/app` therefore holds `/application` too. A text that is no URL is in no scope.
 */
export function isWithinScope(url: string | URL, scope: string | URL): boolean {
  const target = URL.parse(url);
  const limit = URL.parse(scope);
  return target !== null && limit !== null && sameOrigin(target, limit) &&
    target.pathname.startsWith(limit.pathname);
}

/** Whether a URL is within the app's scope, or within that of an origin that agreed to be part of the app. */
export function isWithinExtendedScope(url: string | URL, app: ScopedApp): boolean {
  return isWithinScope(url, app.scope) || extensionHolding(url, app) !== null;
}

/**
 * The first extension that a URL falls in, or null. The app's own scope is not asked: it outranks every extension.
 *
 * Source: chromium, chrome/browser/web_applications/web_app_scope.cc; the URL as text begins with the extension's scope.
 */
export function extensionHolding(url: string | URL, app: ScopedApp): ScopeExtension | null {
  const target = URL.parse(url);
  if (target === null || !(target.protocol === "https:" || isLoopbackHttp(target))) return null;
  const extensions = [...app.extensions ?? [], ...app.scope_extensions ?? []];
  return extensions.find((extension) => holds(extension, target)) ?? null;
}

function holds({ scope, origin, has_origin_wildcard }: ScopeExtension, target: URL): boolean {
  const limit = scope ? URL.parse(scope) : null;
  if (limit === null) return false;
  if (target.href.startsWith(limit.href)) return true;
  if (!has_origin_wildcard) return false;
  const host = URL.parse(origin ?? limit.origin)?.hostname;
  return host !== undefined && host !== "" && target.protocol === "https:" &&
    target.origin.endsWith(`.${host}`);
}

function sameOrigin(a: URL, b: URL): boolean {
  // Opaque origins, all of which are `null` in letters, are the same as no other.
  return a.origin !== "null" && a.origin === b.origin;
}

/** Loopback is a secure context without https (Secure Contexts, section 3.1). */
function isLoopbackHttp({ protocol, hostname }: URL): boolean {
  return protocol === "http:" && isLoopbackHost(hostname);
}
