/**
 * Where the stand-in is stricter or calmer than the package it stands in for.
 * @module
 */
import assert from "node:assert/strict";
import { App } from "fresh";
import { Builder } from "fresh/dev";
import { buildSite, SITE } from "./build_site.ts";

Deno.test("a malformed escape in a parameter stays as it came", async () => {
  const app = new App().get("/a/:id", (ctx) => new Response(ctx.params["id"] ?? null));
  const response = await app.handler()(new Request("http://localhost/a/%E0%A4%A"));
  assert.equal(await response.text(), "%E0%A4%A");
});

Deno.test("error routes find errors of the router in ctx.error, too", async () => {
  const app = new App().onError("*", (ctx) => new Response(String(ctx.error))).post("/", () => {
    throw new Error("never");
  });
  const response = await app.handler()(new Request("http://localhost/"));
  assert.equal(await response.text(), "HttpError");
});

Deno.test("an app with a base path cannot be mounted", () => {
  assert.throws(() => new App().mountApp("/a", new App({ basePath: "/b" })), /base path/);
});

Deno.test("static files of a build in memory have an ETag, and hidden ones are not served", async () => {
  const site = await buildSite();
  const css = await site(new Request("http://localhost/grouped.css"));
  await css.body?.cancel();
  const headers = { "If-None-Match": css.headers.get("etag") ?? "" };
  assert.equal((await site(new Request("http://localhost/grouped.css", { headers }))).status, 304);
  const others = [
    "/.hidden.css",
    "/..%2fdefine.ts",
    "/%2e%2e/define.ts",
    "/..%5cdefine.ts",
    "/a%00.css",
  ];
  for (const path of others) {
    const response = await site(new Request(`http://localhost${path}`));
    assert.match(await response.text(), /class="missing"/, path);
  }
});

Deno.test("a build on disk is refused", async () => {
  await assert.rejects(new Builder({ root: SITE }).build(), /in memory only/);
});

Deno.test("what a page with islands loads is small", async () => {
  const site = await buildSite();
  const pending = [...(await (await site(new Request("http://localhost/"))).text())
    .matchAll(/from ?"([^"]+)"/g)].map(([, url]) => url ?? "");
  const sizes = new Map<string, number>();
  for (let url = pending.pop(); url !== undefined; url = pending.pop()) {
    if (sizes.has(url)) continue;
    const code = await (await site(new Request(new URL(url, "http://localhost")))).text();
    sizes.set(url, new TextEncoder().encode(code).byteLength);
    for (const [, next] of code.matchAll(/(?:from|import) ?"(\.[^"]+)"/g)) {
      pending.push(new URL(next ?? "", `http://localhost${url}`).pathname);
    }
  }
  const total = [...sizes.values()].reduce((sum, size) => sum + size, 0);
  assert.ok(sizes.size > 2, "shared chunks are followed");
  assert.ok(total < 40_000, `${total} bytes`);
});
