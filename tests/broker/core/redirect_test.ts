import assert from "node:assert/strict";
import fc from "fast-check";
import { followRedirect, type Hop, redirectLocation } from "../../../broker/core/redirect.ts";

function hop(more: Partial<Omit<Hop, "url">> & { url?: string } = {}): Hop {
  const { url = "https://a.example/one", ...rest } = more;
  return { method: "GET", headers: [], hasBody: false, ...rest, url: new URL(url) };
}

Deno.test("only a redirect's status with a Location redirects", () => {
  const location = [["LOCATION", "/there"]] as const;
  for (const status of [301, 302, 303, 307, 308]) {
    assert.equal(redirectLocation(status, location), "/there", String(status));
  }
  for (const status of [200, 201, 300, 304, 305, 306, 309, 399, 400]) {
    assert.equal(redirectLocation(status, location), null, String(status));
  }
  assert.equal(redirectLocation(302, [["content-location", "/there"]]), null);
});

const led: readonly (readonly [from: string, location: string, to: string])[] = [
  ["https://a.example/x/y", "z", "https://a.example/x/z"],
  ["https://a.example/x/y?q", "?r", "https://a.example/x/y?r"],
  ["https://a.example/", "//b.example/c", "https://b.example/c"],
  ["http://a.example/", "https://a.example/", "https://a.example/"],
  ["https://a.example:8443/", "/b#top", "https://a.example:8443/b"],
  ["https://a.example/", "  https://B.example/  ", "https://b.example/"],
];

Deno.test("where a redirect leads", () => {
  for (const [from, location, to] of led) {
    const next = followRedirect(hop({ url: from }), 302, location);
    assert.ok("hop" in next, location);
    assert.equal(next.hop.url.href, to);
  }
});

const refused: readonly (readonly [location: string, why: RegExp])[] = [
  ["https://", /no URL/],
  ["https://[::1", /no URL/],
  ["file:///etc/passwd", /http and https/],
  ["data:text/html,a", /http and https/],
  ["blob:https://a.example/1", /http and https/],
  ["javascript:alert(1)", /http and https/],
  ["//user:pw@a.example/", /Authorization header/],
  ["https://a.example:25/", /never fetch/],
  ["http://a.example/", /not/],
  ["http://b.example/", /encrypted/],
];

Deno.test("where no redirect is followed to", () => {
  for (const [location, why] of refused) {
    const next = followRedirect(hop(), 302, location);
    assert.ok("fault" in next, location);
    assert.match(next.fault, why, location);
  }
});

// Fetch, "HTTP-redirect fetch", step 12.
const methods: readonly (readonly [status: number, method: string, becomes: string | null])[] = [
  [301, "GET", "GET"],
  [301, "HEAD", "HEAD"],
  [301, "POST", "GET"],
  [302, "POST", "GET"],
  [303, "POST", "GET"],
  [303, "PUT", "GET"],
  [303, "HEAD", "HEAD"],
  [301, "PUT", null],
  [302, "PATCH", null],
  [307, "POST", null],
  [308, "DELETE", null],
];

Deno.test("a method after a redirect; null: its body would have to be sent twice", () => {
  for (const [status, method, becomes] of methods) {
    const hasBody = method !== "GET" && method !== "HEAD";
    const next = followRedirect(hop({ method, hasBody }), status, "/two");
    const title = `${status} ${method}`;
    if (becomes === null) {
      assert.ok("fault" in next && /only once/.test(next.fault), title);
      const bodiless = followRedirect(hop({ method }), status, "/two");
      assert.ok("hop" in bodiless && bodiless.hop.method === method, title);
    } else {
      assert.ok("hop" in next, title);
      assert.deepEqual([next.hop.method, next.hop.hasBody], [becomes, false], title);
    }
  }
});

Deno.test("what describes a body goes when the body does, and stays when it does not", () => {
  const headers = [["content-type", "text/plain"], ["content-digest", "x"], ["x-a", "1"]] as const;
  const names = (status: number, method: string) => {
    const next = followRedirect(hop({ method, headers: headers as never }), status, "/two");
    return "hop" in next ? next.hop.headers.map(([name]) => name) : null;
  };
  assert.deepEqual(names(303, "POST"), ["x-a"]);
  assert.deepEqual(names(307, "POST"), ["content-type", "content-digest", "x-a"]);
});

Deno.test("credentials stay with the origin that they were meant for", () => {
  const secrets = [
    ...["authorization", "api-key", "apikey", "private-token", "x-auth-token", "x-api-key"],
    ...["x-csrf", "x-goog-session", "x-amz-secret", "mcp-session-id", "lock-token", "if"],
    ...["x-password", "x-user-credential", "x-jwt-assertion", "x-cookie", "x-hub-signature"],
  ];
  const headers = [...secrets, "accept", "x-trace"].map((name) => [name, "v"] as [string, string]);
  for (
    const [location, kept] of [
      ["/same", true],
      ["https://a.example:443/same", true],
      ["https://b.example/", false],
      ["https://sub.a.example/", false],
      ["https://a.example:8443/", false],
    ] as const
  ) {
    const next = followRedirect(hop({ headers }), 302, location);
    assert.ok("hop" in next);
    const names = next.hop.headers.map(([name]) => name);
    assert.deepEqual(names, kept ? headers.map(([name]) => name) : ["accept", "x-trace"], location);
  }
});

Deno.test("however a server redirects, the next hop is http(s), no less encrypted, and adds nothing", () => {
  const location = fc.oneof(
    fc.string(),
    fc.webUrl(),
    fc.constantFrom(
      "//b.example",
      "..",
      "?a",
      "#a",
      "http:a",
      "https:/b",
      "\\\\b",
      "http://a.example",
    ),
  );
  fc.assert(
    fc.property(
      location,
      fc.constantFrom(301, 302, 303, 307, 308),
      fc.constantFrom("GET", "POST", "PUT"),
      fc.boolean(),
      (location, status, method, isSecure) => {
        const url = `${isSecure ? "https" : "http"}://a.example/one`;
        const headers: [string, string][] = [["authorization", "s"], ["x-a", "1"]];
        const next = followRedirect(hop({ url, method, headers }), status, location);
        if ("fault" in next) return;
        const { hop: to } = next;
        assert.match(to.url.protocol, isSecure ? /^https:$/ : /^https?:$/);
        assert.equal(to.hasBody, false);
        assert.deepEqual([to.url.username, to.url.hash], ["", ""]);
        assert.ok(to.headers.every((pair) => headers.includes(pair as [string, string])));
        const isSame = to.url.origin === new URL(url).origin;
        assert.equal(to.headers.some(([name]) => name === "authorization"), isSame);
      },
    ),
    { numRuns: 3000 },
  );
});
