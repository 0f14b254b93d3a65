/** Sites as match patterns: the pattern of a page, of its whole origin, and what a pattern says of hosts alone. @module */
import type { MatchPattern } from "./match_pattern.ts";
import { parsePathGlob } from "./path_glob.ts";

const anyPath = parsePathGlob("/*");

/**
 * A pattern for the same hosts with any path: what Chrome makes of a host permission, whose path is not used.
 *
 * ```ts
 * import assert from "node:assert/strict";
 * import { parseMatchPattern } from "./match_pattern.ts";
 *
 * const feeds = parseMatchPattern("https://example.com/feeds/");
 * assert.equal(wholeSite(feeds).text, "https://example.com/*");
 * ```
 */
export function wholeSite(pattern: MatchPattern): MatchPattern {
  const { text, path } = pattern;
  if (path.text === anyPath.text) return pattern;
  return { ...pattern, text: `${text.slice(0, text.length - path.text.length)}/*`, path: anyPath };
}

/**
 * Whether access to a page can be granted at all: http and https alone. Pages of the browser itself, of extensions and of
 * the disk are nobody's to give away.
 */
export function isGrantablePage(url: URL | null): url is URL {
  return url !== null && (url.protocol === "http:" || url.protocol === "https:");
}

/**
 * The pattern of a page's whole origin, as Chrome grants it: the port stands there only where the URL has it.
 *
 * ```ts
 * import assert from "node:assert/strict";
 *
 * assert.equal(originPattern(new URL("https://example.com/a?b")), "https://example.com/*");
 * assert.equal(originPattern(new URL("http://127.0.0.1:8080/")), "http://127.0.0.1:8080/*");
 * ```
 */
export function originPattern(url: URL): string {
  return `${url.protocol}//${url.host}/*`;
}

const defaultPorts: Readonly<Record<string, string>> = { "http:": "80", "https:": "443" };

/** The pattern of one page and no other: its port and its path written out, without query or fragment. */
export function pagePattern(url: URL): string {
  const port = url.port === "" ? defaultPorts[url.protocol] ?? "*" : url.port;
  return `${url.protocol}//${url.hostname}:${port}${url.pathname}`;
}
