/**
 * Match patterns, case by case, beyond the shared vectors: what Chromium's grammar says of hosts, ports and paths that its
 * own tests do not reach.
 *
 * Source: Chromium, url_pattern.cc; WHATWG URL for hosts.
 * @module
 */
import assert from "node:assert/strict";
import {
  containsPattern,
  matchesUrl,
  MatchPatternError,
  overlapsPattern,
  parseMatchPattern,
} from "../../../broker/core/match_pattern.ts";

function read(pattern: string): string {
  try {
    return parseMatchPattern(pattern).text;
  } catch (fault) {
    assert.ok(fault instanceof MatchPatternError, String(fault));
    return fault.reason;
  }
}

/** A pattern, and its canonical text or what is wrong with it. */
const patterns: [pattern: string, expected: string][] = [
  ["<ALL_URLS>", "MissingSchemeSeparator"],
  ["<all_urls> ", "MissingSchemeSeparator"],
  ["<all_urls>/*", "MissingSchemeSeparator"],
  ["*://", "EmptyHost"],
  ["*:///", "EmptyHost"],
  ["*://*", "EmptyPath"],
  ["*:*", "WrongSchemeSeparator"],
  ["**://*/*", "InvalidScheme"],
  ["filesystem:http://a/*", "InvalidScheme"],
  ["uuid-in-package:*", "InvalidScheme"],
  ["urn:*", "InvalidScheme"],
  ["file:/foo", "WrongSchemeSeparator"],
  ["file:foo", "WrongSchemeSeparator"],
  ["file:///", "file:///"],
  ["file://*/*", "file:///*"],
  ["file://*", "file:///*"],
  ["file:///C:/x*", "file:///C:/x*"],
  ["ws://*/*", "ws://*/*"],
  ["wss://*:*/*", "wss://*/*"],
  ["*://*:*/*", "*://*/*"],
  ["*://*:80/*", "InvalidPort"],
  ["*://*.a.com:443/*", "InvalidPort"],
  ["https://a.com:443/", "https://a.com:443/"],
  ["http://a.com:80-90/*", "InvalidPort"],
  ["http://a.com:**/*", "InvalidPort"],
  ["http://a.com:0x50/*", "InvalidPort"],
  ["http://a.com:8 0/*", "InvalidPort"],
  ["http://*:80:90/*", "InvalidPort"],
  ["http://*.[::1]/*", "InvalidPort"],
  ["http://*.*/*", "InvalidHostWildcard"],
  ["http://.*/*", "InvalidHostWildcard"],
  ["http://a.*.com/*", "InvalidHostWildcard"],
  ["http://**.com/*", "InvalidHostWildcard"],
  ["http://EXAMPLE.com/*", "http://example.com/*"],
  ["http://b\u00fccher.example/*", "http://xn--bcher-kva.example/*"],
  ["http://*.\u65e5\u672c\u3002jp/*", "http://*.xn--wgv71a.jp/*"],
  ["http://%65xample.com/*", "http://example.com/*"],
  ["http://exam\u00adple.com/*", "http://example.com/*"],
  ["http://foo_bar/*", "http://foo_bar/*"],
  ["http://1/*", "http://0.0.0.1/*"],
  ["http://0x7f000001/*", "http://127.0.0.1/*"],
  ["http://0177.1/*", "http://127.0.0.1/*"],
  ["http://*.1.2.3.4/*", "http://*.1.2.3.4/*"],
  ["http://[::ffff:1.2.3.4]/*", "http://[::ffff:102:304]/*"],
  ["http://[FD00::1]:80/*", "http://[fd00::1]:80/*"],
  ["http://[::1%25lo]/*", "InvalidHost"],
  ["http://[v1.x]/*", "InvalidHost"],
  ["http://1.2.3.4.5/*", "InvalidHost"],
  ["http://a.09/*", "InvalidHost"],
  ["http://xn--a/*", "InvalidHost"],
  ["http://a%2fb/*", "InvalidHost"],
  ["http://a%20b/*", "InvalidHost"],
  ["http://a\tb/*", "InvalidHost"],
  ["http://a|b/*", "InvalidHost"],
  ["http://@a.com/*", "InvalidHost"],
  ["http://a.com/ *", "http://a.com/ *"],
  ["http://a.com/#*", "http://a.com/#*"],
  ["http://a.com//", "http://a.com//"],
];
for (const [pattern, expected] of patterns) {
  Deno.test(`the pattern ${JSON.stringify(pattern)}`, () => assert.equal(read(pattern), expected));
}

const matches: [pattern: string, url: string, matches: boolean][] = [
  ["*://*/*", "https://[::1]:3/", true],
  ["*://*/*", "wss://a.com/", false],
  ["https://a.com/*", "wss://a.com/", false],
  ["http://a.com/*", "https://a.com/", false],
  ["ws://*.a.com/*", "ws://x.a.com:99/chat", true],
  ["wss://a.com:443/*", "wss://a.com/", true],
  ["wss://a.com:443/*", "wss://a.com:444/", false],
  ["ws://a.com:80/*", "ws://a.com/", true],
  ["ftp://a.com:21/*", "ftp://a.com/x", true],
  ["<all_urls>", "moz-extension://a/", false],
  ["<all_urls>", "view-source:https://a.com/", false],
  ["http://[::1]:80/*", "http://[::1]/", true],
  ["http://[::1]:80/*", "http://[0:0:0:0:0:0:0:1]:80/a", true],
  ["http://[::1]/*", "http://127.0.0.1/", false],
  ["http://127.0.0.1/*", "http://[::ffff:127.0.0.1]/", false],
  ["http://127.0.0.1/*", "http://0x7f.1/", true],
  ["http://127.0.0.1/*", "http://127.0.0.1./", true],
  ["http://*.1/*", "http://0.0.0.1/", true],
  ["http://*.1/*", "http://1.1.1.1/", false],
  ["*://*.com/*", "https://com/", true],
  ["*://*.com/*", "https://a.com./", true],
  ["*://*.com./*", "https://a.com/", true],
  ["*://*.a.com/*", "https://a.com.evil.test/", false],
  ["*://*.a.com/*", "https://ba.com/", false],
  ["*://*.a.com/*", "https://user:a.com@evil.test/", false],
  ["*://*.localhost/*", "http://a.localhost/", true],
  ["http://localhost/*", "http://LOCALHOST./x", true],
  ["http://localhost/*", "http://127.0.0.1/", false],
  ["http://b\u00fccher.example/*", "http://B\u00dcCHER.example/", true],
  ["http://a/*", "http://a", true],
  ["http://a/*", "http://a?x", true],
  ["http://a/*?x", "http://a/?x", true],
  ["http://a/", "http://a?x", false],
  ["http://a/", "http://a#x", true],
  ["http://a/foo/*", "http://a/foo?x", false],
  ["http://a/foo/*", "http://a/foo#x", true],
  ["http://a/foo/*", "http://a/foo/", true],
  ["http://a/*/", "http://a/", false],
  ["http://a/*/", "http://a//", true],
  ["http://a/*.js", "http://a/b/c.js", true],
  ["http://a/*.js", "http://a/b/c.js?v", false],
  ["http://a/*.js?*", "http://a/b/c.js?v", true],
  ["http://a/x*y*z", "http://a/xzyz", true],
  ["http://a/x*y*z", "http://a/xz", false],
  ["http://a/[ab]", "http://a/a", false],
  ["http://a/a.c", "http://a/abc", false],
  ["http://a/(x|y)", "http://a/x", false],
  ["http://a/^$", "http://a/", false],
  // A pattern's path is compared as it is written, a URL's as its parser left it.
  ["http://a/b/../c", "http://a/c", false],
  ["http://a/a b", "http://a/a b", false],
  ["http://a/a%20b", "http://a/a b", true],
  ["http://a/%7E", "http://a/~", false],
  ["http://a/%7e", "http://a/%7E", false],
  ["http://a/@*", "http://a/%40x", false],
  ["http://a/\u{1f431}", "http://a/\u{1f431}", true],
  ["http://a/%F0%9F%90%B1", "http://a/\u{1f431}", true],
  ["http://a/#x", "http://a/#x", false],
  ["file:///a", "file://host/a", true],
  ["file://host/a*", "file:///ab", true],
  ["file:///A", "file:///a", false],
];
for (const [pattern, url, expected] of matches) {
  Deno.test(`${pattern} and ${url}`, () => assert.equal(matchesUrl(pattern, url), expected));
}

const relations: [a: string, b: string, contains: boolean, overlaps: boolean][] = [
  ["http://*/*", "http://*:80/*", true, true],
  ["http://*:80/*", "http://*/*", false, true],
  ["http://a:*/*", "http://a/*", true, true],
  ["http://a:80/*", "https://a:80/*", false, false],
  ["ws://a/*", "*://a/*", false, false],
  ["ws://a/*", "wss://a/*", false, false],
  ["<all_urls>", "ftp://a/x", true, true],
  ["*://*/*", "ftp://a/x", false, false],
  ["*://*.com/*", "https://chromium.org/*", false, false],
  ["http://*.com/*", "http://1.2.3.4/*", false, false],
  ["http://*/*", "http://1.2.3.4/*", true, true],
  ["http://*.a.com/*", "http://*.b.a.com/*", true, true],
  ["http://*.b.a.com/*", "http://*.a.com/*", false, true],
  ["http://*.a.com/*", "http://a.com./*", true, true],
  ["http://*.a.com/*", "http://ba.com/*", false, false],
  ["http://[::1]/*", "http://[0::1]:1/*", true, true],
  ["http://127.0.0.1/*", "http://0x7f.1/*", true, true],
  ["*://*/foo", "*://*/bar", false, false],
  ["https://a/foo*", "https://a/fo*", false, true],
  ["https://a/*a*", "https://a/*ab*", true, true],
  ["https://a/*ab*", "https://a/*a*", false, true],
  ["http://a/foo", "http://a/foo*", false, true],
  ["http://a/*", "http://a/", true, true],
  ["http://a/", "http://a/*", false, true],
  ["http://a/x/*", "http://a/x/y/*", true, true],
  ["http://a/x/*", "http://a/xy/*", false, false],
  ["http://a/*/x", "http://a/y/*", false, true],
  ["http://a/A*", "http://a/a*", false, false],
  ["http://a/?x*", "http://a/?x", true, true],
];
for (const [a, b, contains, overlaps] of relations) {
  Deno.test(`${a} over ${b}`, () => {
    assert.equal(containsPattern(a, b), contains, "contains");
    assert.equal(overlapsPattern(a, b), overlaps, "overlaps");
    assert.equal(overlapsPattern(b, a), overlaps, "overlaps, turned round");
  });
}
