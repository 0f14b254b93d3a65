import assert from "node:assert/strict";
import fc from "fast-check";
import {
  exactPattern,
  FetchWishError,
  mayHaveBody,
  portOf,
  readFetchUrl,
  readMethod,
  sitePattern,
} from "../../../broker/core/fetch_url.ts";
import { matchesUrl, parseMatchPattern } from "../../../broker/core/match_pattern.ts";

const readable: readonly (readonly [text: string, href: string, port: number])[] = [
  ["https://example.com", "https://example.com/", 443],
  ["HTTP://EXAMPLE.com:80/A?b=C#d", "http://example.com/A?b=C", 80],
  ["https://example.com:8443/#", "https://example.com:8443/", 8443],
  ["https://bücher.example/", "https://xn--bcher-kva.example/", 443],
  ["http://0x7f.1/", "http://127.0.0.1/", 80],
  ["http://[::1]:3000/a", "http://[::1]:3000/a", 3000],
  ["https://example.com/a/../b/%2e%2e/c", "https://example.com/c", 443],
  ["  https://example.com/\t\n", "https://example.com/", 443],
  ["https:\\\\example.com\\a", "https://example.com/a", 443],
  ["https://example.com/*", "https://example.com/*", 443],
  ["https://example.com/a?#b", "https://example.com/a", 443],
];

Deno.test("what a URL comes to: its host in one spelling, its fragment gone", () => {
  for (const [text, href, port] of readable) {
    const url = readFetchUrl(text);
    assert.deepEqual([url.href, portOf(url)], [href, port], text);
  }
});

const refused: readonly (readonly [text: string, why: RegExp])[] = [
  ["", /no absolute URL/],
  ["/feed.xml", /no absolute URL/],
  ["//example.com/", /no absolute URL/],
  ["https://", /no absolute URL/],
  ["https://a b/", /no absolute URL/],
  ["https://1.2.3.4.5/", /no absolute URL/],
  ["https://example.com:99999/", /no absolute URL/],
  ["file:///etc/passwd", /http and https/],
  ["data:text/plain,hello", /http and https/],
  ["blob:https://example.com/1", /http and https/],
  ["javascript:alert(1)", /http and https/],
  ["about:blank", /http and https/],
  ["ftp://example.com/", /http and https/],
  ["ws://example.com/", /http and https/],
  ["wss://example.com/", /http and https/],
  ["view-source:https://example.com/", /http and https/],
  ["filesystem:https://example.com/a", /http and https/],
  ["https://user@example.com/", /Authorization header/],
  ["https://:secret@example.com/", /Authorization header/],
  ["https://user:secret@example.com/", /Authorization header/],
  ["https://example.com:22/", /never fetch/],
  ["http://example.com:25/", /never fetch/],
  ["http://[::1]:6667/", /never fetch/],
  ["https://example.com:10080/", /never fetch/],
];

Deno.test("what is never fetched, with the way to mend it", () => {
  for (const [text, why] of refused) {
    assert.throws(
      () => readFetchUrl(text),
      (fault: FetchWishError) => {
        assert.ok(fault instanceof FetchWishError, text);
        assert.equal(fault.pointer, "/url");
        assert.match(fault.message, why, text);
        return true;
      },
    );
  }
});

Deno.test("whatever the text, it is refused by name or is http(s) without userinfo and fragment", () => {
  const text = fc.oneof(
    fc.webUrl({ withFragments: true, withQueryParameters: true }),
    fc.string(),
    fc.tuple(
      fc.constantFrom("http:", "https:", "HTTPS:", "file:", "ws:", ""),
      fc.constantFrom("//", "/", "\\\\", ""),
      fc.constantFrom("", "user@", "a:b@", "@"),
      fc.constantFrom("example.com", "127.1", "[::1]", "a b", "%31", "ex%61mple.com", "..", ""),
      fc.constantFrom("", ":80", ":22", ":", ":0", ":65536"),
      fc.string({ unit: "binary-ascii", maxLength: 20 }),
    ).map((parts) => parts.join("")),
  );
  fc.assert(
    fc.property(text, (text) => {
      let url: URL;
      try {
        url = readFetchUrl(text);
      } catch (fault) {
        assert.ok(fault instanceof FetchWishError);
        return;
      }
      assert.match(url.protocol, /^https?:$/);
      assert.deepEqual([url.username, url.password, url.hash], ["", "", ""]);
      assert.equal(readFetchUrl(url.href).href, url.href, "reading it again changes nothing");
    }),
    { numRuns: 3000 },
  );
});

Deno.test("one URL as a pattern is exactly that URL, and the site's pattern covers it", () => {
  const segment = fc.string({ unit: fc.constantFrom(..."ab0-._~%41?&=é*/;") });
  fc.assert(
    fc.property(segment, fc.constantFrom("http", "https"), (rest, scheme) => {
      const url = readFetchUrl(`${scheme}://example.com:8080/${rest.replaceAll("#", "")}`);
      const exact = parseMatchPattern(exactPattern(url));
      assert.ok(matchesUrl(exact, url.href), url.href);
      assert.ok(matchesUrl(parseMatchPattern(sitePattern(url)), url.href), url.href);
      if (url.href.includes("*")) return;
      assert.ok(!matchesUrl(exact, `${url.href}x`));
      assert.ok(!matchesUrl(exact, url.href.replace("example.com", "example.org")));
      assert.ok(!matchesUrl(exact, url.href.replace(":8080", ":8081")));
    }),
    { numRuns: 1000 },
  );
});

Deno.test("a URL too long for a target is asked about as what holds it, never as less", () => {
  const cases: readonly (readonly [path: string, pattern: string])[] = [
    [`/a?${"b".repeat(2100)}`, "https://example.com:443/a?*"],
    [`/${"a".repeat(2100)}?b`, "https://example.com:443/*"],
  ];
  for (const [path, pattern] of cases) {
    const url = readFetchUrl(`https://example.com${path}`);
    assert.equal(exactPattern(url), pattern);
    assert.ok(matchesUrl(parseMatchPattern(pattern), url.href));
  }
});

Deno.test("methods are sent as the standard writes them; the forbidden ones are not", () => {
  const cases: readonly (readonly [given: string, sent: string | null])[] = [
    ["get", "GET"],
    ["Post", "POST"],
    ["delete", "DELETE"],
    ["patch", "patch"],
    ["PATCH", "PATCH"],
    ["PROPFIND", "PROPFIND"],
    ["M-SEARCH", "M-SEARCH"],
    ["connect", null],
    ["TRACE", null],
    ["Track", null],
    ["", null],
    ["GET /", null],
    ["GET\r\nX: y", null],
    ["GÉT", null],
  ];
  for (const [given, sent] of cases) {
    if (sent !== null) assert.equal(readMethod(given), sent);
    else {
      assert.throws(
        () => readMethod(given),
        (fault: FetchWishError) => fault instanceof FetchWishError && fault.pointer === "/method",
        given,
      );
    }
  }
  assert.deepEqual(["GET", "HEAD", "POST", "PROPFIND"].map(mayHaveBody), [
    false,
    false,
    true,
    true,
  ]);
});
