/**
 * Match patterns in Chromium's dialect: which URLs an app may reach, and how patterns relate.
 *
 *     pattern = "<all_urls>" | scheme "://" host [ ":" port ] path
 *     scheme  = "*" | "http" | "https" | "ws" | "wss" | "ftp" | "file"     ; "*" is http and https
 *     host    = "*" | [ "*." ] name | IPv4 | "[" IPv6 "]"                  ; of "file" ignored
 *     port    = "*" | number                                               ; left out: any
 *     path    = "/" text                                                   ; "*" is any text
 *
 * Source: chromium, extensions/common/url_pattern.h. Two things are exact here where Chromium is
 * approximate: whether one path contains another, and whether two paths overlap.
 * @module
 */
import { whatwgHost } from "./host.ts";
import { parseIpAddress } from "./ip_address.ts";
import { MatchPatternError } from "./match_pattern_error.ts";
import {
  containsPath,
  matchesPath,
  overlapsPath,
  parsePathGlob,
  type PathGlob,
} from "./path_glob.ts";

export { MatchPatternError } from "./match_pattern_error.ts";
export type { MatchPatternErrorReason } from "./match_pattern_error.ts";

/** Which hosts a pattern is for, in the form of `URL.hostname` without one final dot. */
export type PatternHost =
  | { readonly kind: "any" }
  /** `*.name`: the name and everything below it; `dotName` is the name with a dot before it. */
  | { readonly kind: "wildcard"; readonly name: string; readonly dotName: string }
  | { readonly kind: "exact"; readonly name: string };

/** A match pattern that has been read. */
export interface MatchPattern {
  /** The pattern with its host in canonical form. */
  readonly text: string;
  /** One bit for each scheme that it matches; see `schemeBits`. */
  readonly schemes: number;
  readonly host: PatternHost;
  /** The port, or null for any. */
  readonly port: number | null;
  readonly path: PathGlob;
}

interface Scheme {
  readonly bit: number;
  /** The port that a URL without one means; null where the scheme has no ports. */
  readonly defaultPort: number | null;
}

const schemes: ReadonlyMap<string, Scheme> = new Map([
  ["http", { bit: 1, defaultPort: 80 }],
  ["https", { bit: 2, defaultPort: 443 }],
  ["ws", { bit: 4, defaultPort: 80 }],
  ["wss", { bit: 8, defaultPort: 443 }],
  ["ftp", { bit: 16, defaultPort: 21 }],
  ["file", { bit: 32, defaultPort: null }],
]);

const httpAndHttps = 1 | 2;
const everyScheme = 63;
const anyHost: PatternHost = { kind: "any" };
const anyPath = parsePathGlob("/*");

const allUrls: MatchPattern = {
  text: "<all_urls>",
  schemes: everyScheme,
  host: anyHost,
  port: null,
  path: anyPath,
};

function withoutFinalDot(host: string): string {
  return host.endsWith(".") ? host.slice(0, -1) : host;
}

/** Splits `host[:port]`; a colon inside IPv6 brackets is no port's. */
function splitHostAndPort(text: string): { hostText: string; portText: string | null } {
  let colon = text.indexOf(":");
  if (text.startsWith("[")) {
    const bracket = text.indexOf("]");
    if (bracket < 0) throw new MatchPatternError("InvalidHost");
    if (bracket === 1) throw new MatchPatternError("EmptyHost");
    const hasMore = bracket < text.length - 1;
    if (hasMore && text[bracket + 1] !== ":") throw new MatchPatternError("InvalidHost");
    colon = hasMore ? bracket + 1 : -1;
  }
  return colon < 0
    ? { hostText: text, portText: null }
    : { hostText: text.slice(0, colon), portText: text.slice(colon + 1) };
}

function parsePort(text: string | null, scheme: Scheme | undefined): number | null {
  if (text === null || text === "*") return null;
  // The scheme `*` has no default port, so no number can be said to be its port.
  if (scheme === undefined || !/^(0|[1-9]\d{0,4})$/.test(text) || Number(text) > 65535) {
    throw new MatchPatternError("InvalidPort");
  }
  return Number(text);
}

function parseHost(text: string): { host: PatternHost; canonical: string } {
  if (text === "") throw new MatchPatternError("EmptyHost");
  if (text === "*") return { host: anyHost, canonical: "*" };
  const isWildcard = text.startsWith("*.");
  const nameText = isWildcard ? text.slice(2) : text;
  if (nameText === "") throw new MatchPatternError("EmptyHost");
  if (nameText.includes("*")) throw new MatchPatternError("InvalidHostWildcard");
  const whatwg = whatwgHost(nameText);
  if (whatwg === null || whatwg.includes("*")) throw new MatchPatternError("InvalidHost");
  const canonical = whatwg.includes(":") ? `[${whatwg}]` : whatwg;
  const name = withoutFinalDot(canonical);
  // An address has no subdomains: `*.0.0.1` is allowed, and is only 0.0.0.1.
  const host: PatternHost = isWildcard && parseIpAddress(whatwg) === null
    ? { kind: "wildcard", name, dotName: `.${name}` }
    : { kind: "exact", name };
  return { host, canonical: isWildcard ? `*.${canonical}` : canonical };
}

/** The rest of a `file` pattern: the host is ignored, and may be missing with its slash. */
function parseFilePattern(rest: string): MatchPattern {
  const slash = rest.indexOf("/");
  const path = slash < 0 ? `/${rest}` : rest.slice(slash);
  return {
    text: `file://${path}`,
    schemes: schemes.get("file")?.bit ?? 0,
    host: anyHost,
    port: null,
    path: parsePathGlob(path),
  };
}

/**
 * Reads a match pattern.
 * @throws MatchPatternError with Chromium's name for the first rule that is broken.
 */
export function parseMatchPattern(text: string): MatchPattern {
  if (text === allUrls.text) return allUrls;
  const separator = text.indexOf("://");
  const colon = separator < 0 ? text.indexOf(":") : separator;
  if (colon < 0) throw new MatchPatternError("MissingSchemeSeparator");
  const schemeText = text.slice(0, colon);
  const scheme = schemes.get(schemeText);
  if (scheme === undefined && schemeText !== "*") throw new MatchPatternError("InvalidScheme");
  if (separator < 0) throw new MatchPatternError("WrongSchemeSeparator");
  const rest = text.slice(separator + "://".length);
  if (rest === "") throw new MatchPatternError("EmptyHost");
  if (schemeText === "file") return parseFilePattern(rest);
  const slash = rest.indexOf("/");
  if (slash === 0) throw new MatchPatternError("EmptyHost");
  if (slash < 0) throw new MatchPatternError("EmptyPath");
  const { hostText, portText } = splitHostAndPort(rest.slice(0, slash));
  const port = parsePort(portText, scheme);
  const { host, canonical } = parseHost(hostText);
  const path = rest.slice(slash);
  return {
    text: `${schemeText}://${canonical}${port === null ? "" : `:${port}`}${path}`,
    schemes: scheme?.bit ?? httpAndHttps,
    host,
    port,
    path: parsePathGlob(path),
  };
}

function parsed(pattern: MatchPattern | string): MatchPattern {
  return typeof pattern === "string" ? parseMatchPattern(pattern) : pattern;
}

function hostHolds(host: PatternHost, name: string): boolean {
  return host.kind === "any" || host.name === name ||
    (host.kind === "wildcard" && name.endsWith(host.dotName));
}

/** Reads a URL to be matched; a `filesystem` URL is matched as the URL inside it, as in Chromium. */
function readUrl(url: URL | string): URL | null {
  const outer = typeof url === "string" ? URL.parse(url) : url;
  return outer?.protocol === "filesystem:"
    ? URL.parse(outer.href.slice(outer.protocol.length))
    : outer;
}

/** The path with its query, even an empty one, and without its fragment. */
function pathAndQuery(url: URL): string {
  const { href } = url;
  const start = href.indexOf("/", url.protocol.length + "//".length);
  const end = href.indexOf("#", start);
  return end < 0 ? href.slice(start) : href.slice(start, end);
}

/**
 * Whether the pattern matches the URL. What is no URL, or has another scheme than those above, is
 * matched by no pattern, `<all_urls>` included.
 *
 * ```ts
 * import assert from "node:assert/strict";
 *
 * assert.ok(matchesUrl("https://*.example.com/feeds/*", "https://www.example.com/feeds/1?x=2"));
 * assert.ok(!matchesUrl("https://*.example.com/*", "http://www.example.com/"));
 * assert.ok(!matchesUrl("https://example.com:8080/*", "https://example.com/"), "ports count");
 * ```
 *
 * @throws MatchPatternError if the pattern is given as text and is none.
 */
export function matchesUrl(pattern: MatchPattern | string, url: URL | string): boolean {
  const { schemes: patternSchemes, host, port, path } = parsed(pattern);
  const parsedUrl = readUrl(url);
  if (parsedUrl === null) return false;
  const scheme = schemes.get(parsedUrl.protocol.slice(0, -1));
  if (scheme === undefined || (scheme.bit & patternSchemes) === 0) return false;
  if (port !== null && port !== (parsedUrl.port === "" ? scheme.defaultPort : +parsedUrl.port)) {
    return false;
  }
  return hostHolds(host, withoutFinalDot(parsedUrl.hostname)) &&
    matchesPath(path, pathAndQuery(parsedUrl));
}

/** Whether every host that `inner` stands for is in `outer` too. */
export function containsPatternHost(outer: PatternHost, inner: PatternHost): boolean {
  if (outer.kind === "any") return true;
  if (inner.kind === "any" || (inner.kind === "wildcard" && outer.kind === "exact")) return false;
  return hostHolds(outer, inner.name);
}

/**
 * Whether every URL that `inner` matches is matched by `outer`: the test before access is granted.
 * @throws MatchPatternError if a pattern is given as text and is none.
 */
export function containsPattern(
  outer: MatchPattern | string,
  inner: MatchPattern | string,
): boolean {
  const a = parsed(outer);
  const b = parsed(inner);
  return (a.schemes & b.schemes) === b.schemes && (a.port === null || a.port === b.port) &&
    containsPatternHost(a.host, b.host) && containsPath(a.path, b.path);
}

/**
 * Whether some URL is matched by both: the test for what is worth showing.
 * @throws MatchPatternError if a pattern is given as text and is none.
 */
export function overlapsPattern(
  first: MatchPattern | string,
  second: MatchPattern | string,
): boolean {
  const a = parsed(first);
  const b = parsed(second);
  return (a.schemes & b.schemes) !== 0 &&
    (a.port === null || b.port === null || a.port === b.port) &&
    (containsPatternHost(a.host, b.host) || containsPatternHost(b.host, a.host)) &&
    overlapsPath(a.path, b.path);
}
