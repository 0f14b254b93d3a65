/** Match patterns: the shared vectors of Chromium's dialect, and what they leave open. @module */
import assert from "node:assert/strict";
import {
  containsPattern,
  matchesUrl,
  MatchPatternError,
  overlapsPattern,
  parseMatchPattern,
} from "../../../broker/core/match_pattern.ts";
import vectors from "../../fixtures/vectors/match-pattern.json" with { type: "json" };
import relations from "../../fixtures/vectors/match-pattern-relations.json" with { type: "json" };

/** Schemes that Chromium's tests allow and that a pattern here can never have. */
const refusedScheme = /^(chrome|chrome-extension|about|data|javascript):/;

function parseResult(pattern: string): string {
  try {
    parseMatchPattern(pattern);
    return "parses";
  } catch (error) {
    if (error instanceof MatchPatternError) return error.reason;
    throw error;
  }
}

Deno.test("every vector of the Chromium dialect whose schemes are ours", () => {
  let rows = 0;
  for (const vector of vectors) {
    if (vector.dialect !== "chromium") continue;
    const { pattern, url } = vector;
    const isRefused = refusedScheme.test(pattern) || refusedScheme.test(url ?? "");
    if (isRefused) continue;
    rows++;
    const where = JSON.stringify(vector);
    if (typeof vector.matches === "boolean" && typeof url === "string") {
      assert.equal(matchesUrl(pattern, url), vector.matches, where);
      const parsedUrl = URL.parse(url);
      if (parsedUrl !== null) {
        assert.equal(matchesUrl(parseMatchPattern(pattern), parsedUrl), vector.matches, where);
      }
    } else {
      assert.equal(parseResult(pattern), vector.error ?? "parses", where);
      if (vector.port !== undefined) {
        const { port } = parseMatchPattern(pattern);
        assert.equal(port === null ? "*" : String(port), vector.port, where);
      }
    }
  }
  assert.equal(rows, 66);
});

Deno.test("a scheme that is refused is refused in the pattern and never matched as a URL", () => {
  let rows = 0;
  for (const { pattern, url } of vectors) {
    if (refusedScheme.test(pattern)) {
      rows++;
      assert.equal(parseResult(pattern), "InvalidScheme", pattern);
    } else if (typeof url === "string" && refusedScheme.test(url)) {
      rows++;
      assert.equal(matchesUrl(pattern, url), false, url);
    }
  }
  assert.ok(rows > 10);
});

Deno.test("every relation of the Chromium dialect", () => {
  let rows = 0;
  for (const { relation, a, b, result, dialect } of relations) {
    if (dialect !== "chromium" || typeof a !== "string" || typeof b !== "string") continue;
    const where = `${a} ${relation} ${b}`;
    if (relation === "contains") {
      assert.equal(containsPattern(a, b), result, where);
    } else if (relation === "overlaps") {
      assert.equal(overlapsPattern(a, b), result, where);
      assert.equal(overlapsPattern(b, a), result, where);
    } else {
      continue;
    }
    rows++;
  }
  assert.equal(rows, 49);
});

Deno.test("parse errors, in Chromium's order of checks", () => {
  const table: [pattern: string, result: string][] = [
    ["", "MissingSchemeSeparator"],
    ["*", "MissingSchemeSeparator"],
    ["//example.com/", "MissingSchemeSeparator"],
    ["example.com:80/*", "InvalidScheme"],
    ["://example.com/*", "InvalidScheme"],
    ["gopher://example.com/*", "InvalidScheme"],
    [" http://example.com/*", "InvalidScheme"],
    ["Https://example.com/*", "InvalidScheme"],
    ["http*://example.com/*", "InvalidScheme"],
    ["blob:https://example.com/*", "InvalidScheme"],
    ["javascript:alert(1)", "InvalidScheme"],
    ["chrome-extension://abc/*", "InvalidScheme"],
    ["chrome://settings/*", "InvalidScheme"],
    ["data:*", "InvalidScheme"],
    ["about:blank", "InvalidScheme"],
    ["http:/", "WrongSchemeSeparator"],
    ["ws:example.com/*", "WrongSchemeSeparator"],
    ["*:example.com/*", "WrongSchemeSeparator"],
    ["http://", "EmptyHost"],
    ["http:///", "EmptyHost"],
    ["file://", "EmptyHost"],
    ["http://*./", "EmptyHost"],
    ["http://[]/", "EmptyHost"],
    ["http://[]:8888/*", "EmptyHost"],
    ["http://:com/", "InvalidPort"],
    ["http://*", "EmptyPath"],
    ["http://example.com:80", "EmptyPath"],
    ["http://foo:80:80/monkey", "InvalidPort"],
    ["http://foo:65536/", "InvalidPort"],
    ["http://foo:-1/", "InvalidPort"],
    ["http://foo:+80/", "InvalidPort"],
    ["http://foo: 80/", "InvalidPort"],
    ["http://foo:080/", "InvalidPort"],
    ["http://foo:8*/", "InvalidPort"],
    ["http://foo:65535/", "parses"],
    ["http://foo:0/", "parses"],
    ["*://foo:*/", "parses"],
    ["*://foo:80/", "InvalidPort"],
    ["ws://foo:80/*", "parses"],
    ["wss://*.foo:9001/*", "parses"],
    ["ftp://foo:21/", "parses"],
    ["file://foo:1234/bar", "parses"],
    ["http://::1/", "InvalidPort"],
    ["http://[::1]:/*", "InvalidPort"],
    ["http://[::1/*", "InvalidHost"],
    ["http://[::1]x/*", "InvalidHost"],
    ["http://[127.0.0.1]/*", "InvalidHost"],
    ["http://[2607:f8b0:4005:805:200e:12:bogus]/*", "InvalidHost"],
    ["http://[2607:f8b0:4005:805::200e]/", "parses"],
    ["http://[2607:f8b0:4005:805::200e]:8888/*", "parses"],
    ["http://foo.*/bar", "InvalidHostWildcard"],
    ["http://*.*.foo/bar", "InvalidHostWildcard"],
    ["http://**/bar", "InvalidHostWildcard"],
    ["http://*foo.com:x/bar", "InvalidPort"],
    ["http://\0www/", "InvalidHost"],
    ["http://user@example.com/*", "InvalidHost"],
    ["http://exa mple.com/*", "InvalidHost"],
    ["http://a?b/*", "InvalidHost"],
    ["http://a#b/*", "InvalidHost"],
    ["http://a\\b/*", "InvalidHost"],
    ["http://%2a.com/*", "InvalidHost"],
    ["https://\ufdd0zyx.com/*", "InvalidHost"],
    ["http://256.0.0.1/*", "InvalidHost"],
    ["http://foo/bar:1234/path", "parses"],
  ];
  for (const [pattern, result] of table) {
    assert.equal(parseResult(pattern), result, JSON.stringify(pattern));
  }
});

Deno.test("patterns match, one line per case", () => {
  const table: [pattern: string, url: string, matches: boolean][] = [
    ["<all_urls>", "ws://example.com/", true],
    ["<all_urls>", "wss://example.com/", true],
    ["<all_urls>", "ftp://example.com/", true],
    ["<all_urls>", "file:///a", true],
    ["<all_urls>", "https://example.com:8443/a?b#c", true],
    ["<all_urls>", "blob:https://example.com/1-2", false],
    ["https://*/t*", "filesystem:https://example.com/t/a", true],
    ["https://*/a", "filesystem:https://example.com/t/a", false],
    ["http://a:80/*", "filesystem:http://a:8080/t/a", false],
    ["<all_urls>", "filesystem:chrome-extension://abc/t/a", false],
    ["<all_urls>", "filesystem:filesystem:https://example.com/t/a", false],
    ["<all_urls>", "moz-extension://abc/", false],
    ["<all_urls>", "mailto:a@example.com", false],
    ["<all_urls>", "not a URL", false],
    ["<all_urls>", "", false],
    ["*://*/*", "ws://example.com/", false],
    ["*://*/*", "ftp://example.com/", false],
    ["ws://*/*", "ws://example.com/", true],
    ["ws://*/*", "wss://example.com/", false],
    ["wss://example.com/*", "wss://example.com:9001/chat", true],

    ["http://*.google.com/*", "http://wwwgoogle.com/", false],
    ["http://*.google.com/*", "http://google.com.evil.test/", false],
    ["*://*.gOoGle.com/*", "https://maps.google.com", true],
    ["https://*.ɡoogle.com/*", "https://google.com", false],
    ["https://*.ɡoogle.com/*", "https://xn--oogle-qmc.com/", true],
    ["http://google.com/*", "http://user:pw@google.com/", true],
    ["*://*.example.com./*", "http://a.example.com/", true],
    ["*://*.example.com/*", "http://a.example.com./", true],
    ["*://example.com/*", "http://example.com../", false],
    ["https://./*", "https://./foo", true],
    ["https://./*", "https://foo./foo", false],
    ["https://*../*", "https://example.com/foo", false],
    ["http://*.0.0.1/*", "http://127.0.0.1", false],
    ["http://*.0.0.1/*", "http://0.0.0.1", true],
    ["http://0x7f.1/*", "http://127.0.0.1/", true],
    ["http://[::1]/*", "http://[0:0::1]:8080/", true],
    ["http://[::1]/*", "http://localhost/", false],

    ["http://www.example.com:80/foo", "http://www.example.com/foo", true],
    ["http://www.example.com:80/foo", "http://www.example.com:8080/foo", false],
    ["https://www.example.com:443/", "https://www.example.com/", true],
    ["https://www.example.com:80/", "https://www.example.com/", false],
    ["wss://www.example.com:443/", "wss://www.example.com/", true],
    ["ftp://www.example.com:21/", "ftp://www.example.com/", true],
    ["http://localhost:8080/*", "http://localhost:8080/x", true],

    ["http://a/", "http://a", true],
    ["http://a/", "http://a/?", false],
    ["http://a/?", "http://a/?", true],
    ["http://a/?", "http://a/x", false],
    ["http://a/", "http://a/#x", true],
    ["http://a/x", "http://a/x?#y", false],
    ["http://a/x?", "http://a/x?#y", true],
    ["http://a/foo?bar", "http://a/fooXbar", false],
    ["http://a/Foo", "http://a/foo", false],
    ["http://a/foo*bar", "http://a/foobar", true],
    ["http://a/foo*bar", "http://a/fooba", false],
    ["http://a/ab*ba", "http://a/aba", false],
    ["http://a/*b*b*", "http://a/b", false],
    ["http://a/*b*b*", "http://a/bb", true],
    ["http://a/*ab*abc", "http://a/ababc", true],
    ["http://a/*ab*abc", "http://a/abc", false],
    ["http://a/**", "http://a/", true],
    ["http://a/x/*", "http://a/x", true],
    ["http://a/x/*", "http://a/x/", true],
    ["http://a/x/*", "http://a/xy", false],
    ["http://a/x/*", "http://a/x?y", false],
    ["http://a/x", "http://a/x/", false],
    ["http://a/x/**", "http://a/x", false],
    ["http://a/\u{1f431}*", "http://a/%F0%9F%90%B1s", true],
    ["http://a/%40*", "http://a/@x", false],

    ["file:///foo*", "file://foo", false],
    ["file:///foo*", "file:///foobar", true],
    ["file://*", "file:///etc/passwd", true],
    ["file://host:1/a", "file:///a", true],
  ];
  for (const [pattern, url, matches] of table) {
    assert.equal(matchesUrl(pattern, url), matches, `${pattern} ${url}`);
  }
});

Deno.test("containment and overlap, one line per case", () => {
  const table: [a: string, b: string, contains: boolean, overlaps: boolean][] = [
    ["<all_urls>", "<all_urls>", true, true],
    ["<all_urls>", "ws://*/*", true, true],
    ["*://*/*", "ws://*/*", false, false],
    ["*://*/*", "<all_urls>", false, true],
    ["http://*/*", "*://*/*", false, true],
    ["http://a/*", "http://a:80/*", true, true],
    ["http://a:80/*", "http://a/*", false, true],
    ["http://a:80/*", "http://a:81/*", false, false],
    ["*://*.com/*", "https://example.com:8443/*", true, true],
    ["*://*.a.com/*", "*://*.com/*", false, true],
    ["*://*.a.com/*", "*://*.b.com/*", false, false],
    ["*://a.com/*", "*://*.a.com/*", false, true],
    ["*://a.com./*", "*://a.com/*", true, true],
    ["http://0.0.0.1/*", "http://*.0.0.1/*", true, true],
    ["file:///usr/*", "file:///etc/passwd", false, false],
    ["file:///*", "file://host/etc/passwd", true, true],
    ["http://a/foo*bar", "http://a/foo*bar", true, true],
    ["http://a/foo*", "http://a/foo*bar", true, true],
    ["http://a/foo*bar", "http://a/foo*", false, true],
    ["http://a/foo/*", "http://a/foo", true, true],
    ["http://a/foo/*", "http://a/foo*", false, true],
    ["http://a/foo*", "http://a/foo/*", true, true],
    ["http://a/*a*", "http://a/*b*", false, true],
    ["http://a/*a", "http://a/*b", false, false],
    ["http://a/a*", "http://a/b*", false, false],
    ["http://a/x", "http://a/x/*", false, true],
  ];
  for (const [a, b, contains, overlaps] of table) {
    assert.equal(containsPattern(a, b), contains, `${a} contains ${b}`);
    assert.equal(overlapsPattern(a, b), overlaps, `${a} overlaps ${b}`);
    assert.equal(overlapsPattern(b, a), overlaps, `${b} overlaps ${a}`);
  }
});

Deno.test("a pattern is written with its host in canonical form", () => {
  const table: [pattern: string, text: string][] = [
    ["<all_urls>", "<all_urls>"],
    ["*://*.gOoGle.com/*", "*://*.google.com/*"],
    ["https://*.ɡoogle.com/*", "https://*.xn--oogle-qmc.com/*"],
    ["http://www.example.com:8080/foo", "http://www.example.com:8080/foo"],
    ["http://foo:*/*", "http://foo/*"],
    ["http://*.0.0.1/*", "http://*.0.0.0.1/*"],
    ["http://[::0001]/*", "http://[::1]/*"],
    ["http://*/*", "http://*/*"],
    ["file://localhost/foo*", "file:///foo*"],
    ["file://foo*", "file:///foo*"],
  ];
  for (const [pattern, text] of table) {
    assert.equal(parseMatchPattern(pattern).text, text);
    assert.deepEqual(parseMatchPattern(text), parseMatchPattern(pattern));
  }
});

Deno.test("the error says how to mend the pattern and carries Chrome's own text", () => {
  assert.throws(
    () => parseMatchPattern("*://localhost:8080/*"),
    (error) =>
      error instanceof MatchPatternError && error.chromeMessage === "Invalid port." &&
      error.message.includes("http or https"),
  );
});
