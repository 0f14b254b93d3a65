import assert from "node:assert/strict";
import fc from "fast-check";
import {
  cookieHeader,
  type CookieMoment,
  cookiesAfter,
  liveCookies,
  maxCookieLength,
} from "../../../broker/core/cookie_rules.ts";
import {
  CookieJar,
  longestCookieMs,
  maxCookies,
  maxCookiesPerDomain,
  maxJarBytes,
  type StoredCookie,
} from "../../../broker/schema/cookie_jar.ts";
import { fakeId } from "../../fakes/fake_secrets.ts";

const now: CookieMoment = { nowMs: Date.UTC(2026, 0, 1), bootId: "boot_1" };
const later = (ms: number): CookieMoment => ({ ...now, nowMs: now.nowMs + ms });

/** What a server sets, in turn. */
function after(...answers: readonly (readonly [url: string, ...setCookies: string[]])[]) {
  return answers.reduce<StoredCookie[]>(
    (cookies, [url, ...set]) => cookiesAfter(cookies, new URL(url), set, now),
    [],
  );
}

function sent(cookies: readonly StoredCookie[], url: string, moment = now): string | null {
  return cookieHeader(cookies, new URL(url), moment);
}

// Who sets what, and to whom it goes then; null: to nobody.
const rows: readonly (readonly [url: string, set: string, to: string, sent: string | null])[] = [
  ["https://a.example.com/", "s=1", "https://a.example.com/x", "s=1"],
  ["https://a.example.com/", "s=1", "https://a.example.com:8443/", "s=1"],
  ["https://a.example.com/", "s=1", "http://a.example.com/", "s=1"],
  ["https://a.example.com/", "s=1", "https://b.example.com/", null],
  ["https://a.example.com/", "s=1", "https://x.a.example.com/", null],
  ["https://a.example.com/", "s=1; Domain=example.com", "https://b.example.com/", "s=1"],
  ["https://a.example.com/", "s=1; Domain=.example.com", "https://example.com/", "s=1"],
  ["https://a.example.com/", "s=1; Domain=b.example.com", "https://b.example.com/", null],
  ["https://a.example.com/", "s=1; Domain=com", "https://b.com/", null],
  ["https://a.github.io/", "s=1; Domain=github.io", "https://b.github.io/", null],
  ["https://a.co.uk/", "s=1; Domain=co.uk", "https://b.co.uk/", null],
  ["https://example.com.evil.net/", "s=1; Domain=example.com", "https://example.com/", null],
  ["https://a.example.com/", "s=1; Secure", "https://a.example.com/", "s=1"],
  ["https://a.example.com/", "s=1; Secure", "http://a.example.com/", null],
  ["http://a.example.com/", "s=1; Secure", "https://a.example.com/", null],
  ["https://a.example.com/", "s=1; HttpOnly; SameSite=Strict", "https://a.example.com/", "s=1"],
  ["https://a.example.com/x/y", "s=1", "https://a.example.com/x/z", "s=1"],
  ["https://a.example.com/x/y", "s=1", "https://a.example.com/z", null],
  ["https://a.example.com/", "s=1; Path=/x", "https://a.example.com/xy", null],
  ["https://a.example.com/", "__Host-s=1; Secure; Path=/", "https://a.example.com/", "__Host-s=1"],
  ["https://a.example.com/", "__Host-s=1; Secure", "https://a.example.com/", null],
  [
    "https://a.example.com/",
    "__Host-s=1; Secure; Path=/; Domain=example.com",
    "https://a.example.com/",
    null,
  ],
  ["http://a.example.com/", "__Secure-s=1", "https://a.example.com/", null],
  ["http://127.0.0.1:8080/", "s=1", "http://127.0.0.1:9090/", "s=1"],
  ["http://127.0.0.1/", "s=1; Domain=0.0.1", "http://127.0.0.1/", null],
  ["http://[::1]:8080/", "s=1", "http://[::1]/", "s=1"],
  ["https://a.example.com/", "", "https://a.example.com/", null],
  ["https://a.example.com/", "=", "https://a.example.com/", null],
  ["https://a.example.com/", "s=a\r\nX-Evil: 1", "https://a.example.com/", "s=a"],
  ["https://a.example.com/", `s=${"x".repeat(maxCookieLength)}`, "https://a.example.com/", null],
];

for (const [url, set, to, expected] of rows) {
  Deno.test(`${url} sets ${JSON.stringify(set.slice(0, 60))}: ${to} gets ${expected}`, () => {
    assert.equal(sent(after([url, set]), to), expected);
  });
}

Deno.test("a cookie ends at its time, is taken back by its server, and without a time ends with the run", () => {
  const url = "https://a.example.com/";
  const cookies = after([url, "week=1; Max-Age=604800", "run=1", "long=1; Max-Age=999999999999"]);
  assert.equal(sent(cookies, url), "week=1; run=1; long=1");
  assert.equal(sent(cookies, url, later(604_800_000)), "run=1; long=1");
  assert.equal(sent(cookies, url, later(longestCookieMs)), "run=1");
  assert.equal(sent(cookies, url, { ...now, bootId: "boot_2" }), "week=1; long=1");
  const left = cookiesAfter(cookies, new URL(url), [
    "week=; Max-Age=0",
    "run=; Expires=Thu, 01 Jan 1970 00:00:00 GMT",
  ], now);
  assert.deepEqual(left.map(({ name }) => name), ["long"]);
});

Deno.test("an unencrypted answer neither changes nor takes back what an encrypted one set as Secure", () => {
  const [cookie] = after(["https://a.example.com/", "s=1; Secure; Max-Age=9"]);
  assert.ok(cookie);
  for (const set of ["s=2", "s=2; Secure", "s=; Max-Age=0"]) {
    assert.deepEqual(cookiesAfter([cookie], new URL("http://a.example.com/"), [set], now), [
      cookie,
    ]);
  }
});

Deno.test("a cookie set anew keeps its age; longer paths go first, then older ones", () => {
  const old = after(["https://a.example.com/", "a=1"]);
  const both = cookiesAfter(
    old,
    new URL("https://a.example.com/"),
    ["b=1", "c=1; Path=/x"],
    later(5),
  );
  const anew = cookiesAfter(both, new URL("https://a.example.com/"), ["a=2"], later(9));
  assert.equal(anew.find(({ name }) => name === "a")?.createdAtMs, now.nowMs);
  assert.equal(sent(anew, "https://a.example.com/x"), "c=1; a=2; b=1");
});

Deno.test("an app keeps so many cookies of a domain, so many in all, and so many bytes; the oldest go", () => {
  const url = new URL("https://a.example.com/");
  let cookies: StoredCookie[] = [];
  for (let n = 0; n < maxCookiesPerDomain + 5; n++) {
    cookies = cookiesAfter(cookies, url, [`c${n}=1`], later(n));
  }
  assert.equal(cookies.length, maxCookiesPerDomain);
  assert.equal(cookies[0]?.name, "c5");
  for (let n = 0; n < maxCookies + 20; n++) {
    cookies = cookiesAfter(
      cookies,
      new URL(`https://h${n}.example.net/`),
      ["s=1"],
      later(1000 + n),
    );
  }
  assert.equal(cookies.length, maxCookies);
  for (let n = 0; n < 40; n++) {
    const set = `big=${"x".repeat(4000)}`;
    cookies = cookiesAfter(cookies, new URL(`https://b${n}.example.net/`), [set], later(2000 + n));
  }
  const bytes = new TextEncoder().encode(JSON.stringify(cookies)).length;
  assert.ok(bytes <= maxJarBytes && bytes > maxJarBytes - 5000, `${bytes} bytes`);
  CookieJar.parse({ v: 1, id: fakeId("app", 1), cookies });
});

Deno.test("whatever a server sets, what is kept fits its record, and a header is one line of what was set", () => {
  const attribute = fc.constantFrom(
    ...["; Secure", "; HttpOnly", "; Path=/", "; Path=x", "; Domain=example.com", "; Domain=."],
    ...["; Max-Age=-1", "; Max-Age=x", "; Expires=never", "; SameSite=None", ";", "\n", "\0", "é"],
  );
  const set = fc.tuple(
    fc.string({ maxLength: 20 }),
    fc.string({ unit: "binary", maxLength: 20 }),
    fc.array(attribute, { maxLength: 4 }),
  ).map(([name, value, attributes]) => `${name}=${value}${attributes.join("")}`);
  fc.assert(
    fc.property(fc.array(set, { maxLength: 5 }), fc.boolean(), (sets, isSecure) => {
      const url = new URL(`${isSecure ? "https" : "http"}://a.example.com/x/`);
      const cookies = cookiesAfter([], url, sets, now);
      CookieJar.parse({ v: 1, id: fakeId("app", 1), cookies });
      assert.equal(liveCookies(cookies, now).length, cookies.length);
      const header = cookieHeader(cookies, url, now);
      assert.ok(
        // deno-lint-ignore no-control-regex
        header === null || !/[\x00-\x08\x0a-\x1f\x7f]/.test(header),
        JSON.stringify(header),
      );
      assert.equal(cookieHeader(cookies, new URL("https://other.example.net/"), now), null);
    }),
    { numRuns: 2000 },
  );
});
