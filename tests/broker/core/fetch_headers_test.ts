import assert from "node:assert/strict";
import fc from "fast-check";
import { HeaderError, headersToGive, headersToSend } from "../../../broker/core/fetch_headers.ts";

Deno.test("headers of HTTP APIs pass, in lower case and trimmed", () => {
  assert.deepEqual(
    headersToSend([
      ["Accept", "application/json"],
      ["Authorization", " Bearer a.b-c \t"],
      ["Range", "bytes=0-99"],
      ["X-Api-Key", "k"],
      ["X-Api-Key", "l"],
      ["If-None-Match", '"tag"'],
    ]),
    [
      ["accept", "application/json"],
      ["authorization", "Bearer a.b-c"],
      ["range", "bytes=0-99"],
      ["x-api-key", "k"],
      ["x-api-key", "l"],
      ["if-none-match", '"tag"'],
    ],
  );
});

/** What would be a second header, a second request, a proxy's word, or another's credentials. */
const injections: readonly [name: string, value: string][] = [
  ...["\r\nHost: evil", "a\r\nX-B: c", "a\nX-B: c", "a\rX-B: c", "a\r\n\r\nGET / HTTP/1.1"]
    .map((value) => ["X-A", value] as [string, string]),
  ...["a\0b", "a\x01", "a\x0b", "a\x0c", "a\x1b[31m", "a\x7f", "a\u0085b", "a\u2028b", "a\u2029b"]
    .map((value) => ["X-A", value] as [string, string]),
  ...["é", "日本", "\u202e", "\ud800", "\uff0d", "a\u000d\u000aX: y"]
    .map((value) => ["X-A", value] as [string, string]),
  ...["", " ", "X A", "X-A ", " X-A", "X-A:", "X:A", "X-A\r\nHost", "X\nA", "X\0A", "X-Ä", '"X"']
    .map((name) => [name, "1"] as [string, string]),
  ...["X(A)", "X,A", "X/A", "X;A", "X=A", "X?A", "X@A", "X[A]", "X{A}", "X\\A", "X<A>"]
    .map((name) => [name, "1"] as [string, string]),
  ...["Host", "HOST", "Content-Length", "Transfer-Encoding", "TE", "Trailer", "Connection"]
    .map((name) => [name, "1"] as [string, string]),
  ...["Keep-Alive", "Upgrade", "Expect", "Proxy-Authorization", "Proxy-Connection", "Via"]
    .map((name) => [name, "1"] as [string, string]),
  ...["Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Real-IP", "X-Client-IP"]
    .map((name) => [name, "1"] as [string, string]),
  ...["X-Original-URL", "X-Rewrite-URL", "X-HTTP-Method-Override", "X-Method-Override", "X-Host"]
    .map((name) => [name, "1"] as [string, string]),
  ...["Cookie", "Cookie2", "Set-Cookie", "Origin", "Referer", "Sec-Fetch-Site", "Sec-CH-UA"]
    .map((name) => [name, "1"] as [string, string]),
  ...["Accept-Encoding", "Content-Encoding", "Date", "DNT", "Access-Control-Request-Method"]
    .map((name) => [name, "1"] as [string, string]),
  ...[":authority", ":method", ":path", "__proto__", "constructor"].map((name) =>
    [name, "1"] as [string, string]
  ),
];

Deno.test(`${injections.length} headers that would be taken for something else are refused, each by its place`, () => {
  assert.ok(injections.length >= 60);
  for (const header of injections) {
    assert.throws(
      () => headersToSend([["Accept", "*/*"], header]),
      (fault) => fault instanceof HeaderError && fault.index === 1 && fault.message.length > 20,
      JSON.stringify(header),
    );
  }
});

Deno.test("whatever passes is one line of ASCII under a name that is a token", () => {
  const anyText = fc.string({ unit: "binary", maxLength: 20 });
  const name = fc.oneof(anyText, fc.constantFrom("x-a", "Accept", "X-Forwarded-For", "range"));
  fc.assert(
    fc.property(name, anyText, (name, value) => {
      try {
        const [[given, text] = ["", ""]] = headersToSend([[name, value]]);
        assert.match(given, /^[a-z0-9!#$%&'*+.^_`|~-]+$/);
        assert.match(text, /^[\t\x20-\x7e]*$/);
      } catch (fault) {
        assert.ok(fault instanceof HeaderError);
      }
    }),
    { numRuns: 20_000 },
  );
});

Deno.test("an app is given what is about the answer, and no cookies", () => {
  const all: [string, string][] = [
    ["Content-Type", "audio/mpeg"],
    ["Content-Range", "bytes 0-9/100"],
    ["ETag", '"a"'],
    ["X-RateLimit-Remaining", "3"],
    ["icy-name", "Radio"],
    ["Set-Cookie", "a=1"],
    ["Set-Cookie2", "a=1"],
    ["Clear-Site-Data", "*"],
    ["Strict-Transport-Security", "max-age=1"],
    ["Alt-Svc", "h3"],
    ["Service-Worker-Allowed", "/"],
    ["Access-Control-Allow-Origin", "*"],
    ["Content-Security-Policy", "sandbox"],
    ["Connection", "close"],
    ["Transfer-Encoding", "chunked"],
    ["Refresh", "0"],
    ["NEL", "{}"],
    ["X-Broken", "a\r\nb"],
    ["X-Wide", "日本"],
    ["Content-Encoding", "gzip"],
    ["Content-Length", "10"],
  ];
  const names = (isDecoded: boolean) => headersToGive(all, isDecoded).map(([name]) => name);
  const always = ["content-type", "content-range", "etag", "x-ratelimit-remaining", "icy-name"];
  assert.deepEqual(names(true), always);
  assert.deepEqual(names(false), [...always, "content-encoding", "content-length"]);
});
