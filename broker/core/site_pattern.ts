/** Sites: what a match pattern says of hosts alone, and which pages a site can be granted for. @module */
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
