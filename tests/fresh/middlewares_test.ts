/**
 * `csp()` and `csrf()`.
 * @module
 */
import assert from "node:assert/strict";
import { h } from "preact";
import { App, csp, type CSPOptions, csrf, type CsrfOptions } from "fresh";

async function policy(
  options: CSPOptions,
  path = "/page",
): Promise<{ headers: Headers; html: string }> {
  const app = new App().use(csp(options))
    .get("/page", (ctx) => ctx.render(h("script", null)))
    .get("/text", () => new Response("text"));
  const response = await app.handler()(new Request(`http://localhost${path}`));
  return { headers: response.headers, html: await response.text() };
}

Deno.test("csp: defaults, and own directives instead of those of the same name", async () => {
  const byDefault = (await policy({})).headers.get("content-security-policy") ?? "";
  assert.match(byDefault, /^default-src 'self'; script-src 'self' 'unsafe-inline'; /);
  assert.match(byDefault, /; frame-ancestors 'none'; upgrade-insecure-requests$/);
  const own = (await policy({ csp: ["script-src 'none'", "img-src *"] })).headers
    .get("content-security-policy") ?? "";
  assert.match(own, /; script-src 'none'; img-src \*$/);
  assert.equal(own.match(/script-src|img-src/g)?.length, 2);
});

Deno.test("csp: the nonce of a rendered page replaces 'unsafe-inline', and only there", async () => {
  const options = { useNonce: true, csp: ["script-src 'unsafe-inline' 'strict-dynamic'"] };
  const { headers, html } = await policy(options);
  const nonce = /nonce="(\w+)"/.exec(html)?.[1];
  const sent = headers.get("content-security-policy") ?? "";
  assert.ok(sent.includes(`script-src 'nonce-${nonce}' 'strict-dynamic'`));
  assert.ok(sent.includes(`style-src 'self' 'nonce-${nonce}'`));
  const text = (await policy(options, "/text")).headers.get("content-security-policy") ?? "";
  assert.ok(text.includes("script-src 'unsafe-inline' 'strict-dynamic'"));
});

Deno.test("csp: reports", async () => {
  const { headers } = await policy({ reportOnly: true, reportTo: "/reports" });
  assert.equal(headers.get("content-security-policy"), null);
  assert.match(
    headers.get("content-security-policy-report-only") ?? "",
    /; report-to csp-endpoint; report-uri \/reports$/,
  );
  assert.equal(headers.get("reporting-endpoints"), 'csp-endpoint="/reports"');
});

Deno.test("csrf: who may ask for a change", async () => {
  const own = "http://localhost";
  const other = "https://other.example";
  const cases: [options: CsrfOptions, method: string, headers: HeadersInit, status: number][] = [
    [{}, "GET", { Origin: other, "Sec-Fetch-Site": "cross-site" }, 200],
    [{}, "POST", {}, 200],
    [{}, "POST", { Origin: own }, 200],
    [{}, "POST", { Origin: other }, 403],
    [{}, "POST", { Origin: "null" }, 403],
    [{}, "DELETE", { "Sec-Fetch-Site": "same-origin" }, 200],
    [{}, "PUT", { "Sec-Fetch-Site": "none" }, 200],
    [{}, "PATCH", { "Sec-Fetch-Site": "same-site" }, 403],
    [{}, "POST", { "Sec-Fetch-Site": "cross-site", Origin: other }, 403],
    [{ origin: other }, "POST", { "Sec-Fetch-Site": "cross-site", Origin: other }, 200],
    [{ origin: [other] }, "POST", { Origin: other }, 200],
    [{ origin: [other] }, "POST", { Origin: own }, 403],
    [{ origin: (origin) => origin.endsWith(".example") }, "POST", { Origin: other }, 200],
  ];
  for (const [options, method, headers, status] of cases) {
    const app = new App().use(csrf(options)).all("/", () => new Response("done"));
    const response = await app.handler()(new Request("http://localhost/", { method, headers }));
    assert.equal(response.status, status, JSON.stringify([options, method, headers]));
  }
});
