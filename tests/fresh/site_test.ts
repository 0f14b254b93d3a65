/**
 * `Builder` and `fsRoutes()`: a site with every kind of file.
 * @module
 */
import assert from "node:assert/strict";
import { App, staticFiles } from "fresh";
import { Builder } from "fresh/dev";
import { asset } from "fresh/runtime";
import { buildSite, SITE } from "./build_site.ts";

const site = await buildSite();

async function ask(path: string, init?: RequestInit): Promise<Response> {
  return await site(new Request(`http://localhost${path}`, init));
}

Deno.test("files answer the URLs their names say", async () => {
  for (
    const [path, expected] of [
      ["/apps", "GET /apps"],
      ["/apps/new", "new"],
      ["/apps/7", '{"id":"7","at":"/apps/:id"}'],
      ["/files/a/b", "a/b"],
      ["/lib@1.0", '{"module":"lib","version":"1.0"}'],
    ] as const
  ) {
    assert.equal(await (await ask(path)).text(), expected);
  }
  assert.equal(await (await ask("/apps", { method: "PUT" })).text(), "PUT /apps");
});

Deno.test("a group's middleware and layout hold for its routes only", async () => {
  const grouped = await ask("/grouped");
  assert.equal(grouped.status, 201);
  assert.equal(grouped.headers.get("x-a"), "b");
  const html = await grouped.text();
  assert.match(html, /<div class="outer"><div class="inner"><p class="trail">root>inner/);
  assert.match(html, /<link [^>]*href="\/grouped\.css"/);
  assert.match(html, /<p class="local">local<\/p>/);
  assert.doesNotMatch(await (await ask("/plain")).text(), /class="inner"|stylesheet/);
  assert.equal((await ask("/grouped", { method: "POST" })).headers.get("location"), "/plain");
});

Deno.test("a route may leave out its wrappers", async () => {
  assert.match(await (await ask("/bare")).text(), /<body><p>bare<\/p><\/body>/);
});

Deno.test("_error and _404 answer with the status of the error", async () => {
  for (
    const [path, status, expected] of [
      ["/bare/thrower", 500, '<div class="outer"><p class="error">Error: Unforeseen</p></div>'],
      ["/bare/thrower?status=403", 403, '<p class="error">HttpError: Told so</p>'],
      ["/bare/thrower?status=404", 200, '<p class="missing">/bare/thrower</p>'],
      ["/none/such", 200, '<p class="missing">/none/such</p>'],
    ] as const
  ) {
    const response = await ask(path);
    assert.ok((await response.text()).includes(expected), path);
    assert.equal(response.status, status, path);
  }
});

Deno.test("pages without islands ship no script", async () => {
  assert.doesNotMatch(await (await ask("/plain")).text(), /<script/);
});

Deno.test("an island's properties cannot leave the script, which imports what is served", async () => {
  const html = await (await ask("/values")).text();
  assert.equal(html.match(/<script/g)?.length, 1);
  assert.equal(html.match(/<\/script/g)?.length, 1);
  assert.doesNotMatch(/<script.*<\/script>/s.exec(html)?.[0] ?? "", /<!--/);
  const urls = [...html.matchAll(/from ?"([^"]+)"/g)].map(([, url]) => url ?? "");
  assert.ok(urls.length >= 2);
  for (const url of urls) {
    const response = await ask(url);
    assert.equal(response.status, 200);
    assert.match(response.headers.get("content-type") ?? "", /^text\/javascript/);
    assert.equal(response.headers.get("cache-control"), "public, max-age=31536000, immutable");
    await response.body?.cancel();
  }
});

Deno.test("static files: types, caching and transforms", async () => {
  const css = await ask("/grouped.css");
  assert.equal(await css.text(), "p {\n  color: green;\n}\n");
  assert.equal(css.headers.get("content-type"), "text/css; charset=UTF-8");
  assert.match(css.headers.get("cache-control") ?? "", /^no-cache/);
  const locked = await ask(asset("/grouped.css"), { method: "HEAD" });
  assert.match(locked.headers.get("cache-control") ?? "", /immutable/);
  assert.equal(locked.headers.get("content-length"), "22");
  const stale = await ask("/grouped.css?__frsh_c=old&a=1");
  assert.deepEqual([stale.status, stale.headers.get("location")], [307, "/grouped.css?a=1"]);
  assert.equal((await ask("/grouped.css", { method: "POST" })).status, 405);
  assert.equal((await ask("/favicon.ico")).status, 404);
});

Deno.test("a base path is in front of routes, static files and bundles", async () => {
  const based = await buildSite({ basePath: "/base" });
  const text = async (path: string) =>
    await (await based(new Request(`http://localhost${path}`))).text();
  assert.equal(await text("/base/apps"), "GET /base/apps");
  assert.equal(await text("/base/grouped.css"), "p {\n  color: green;\n}\n");
  assert.match(await text("/base/values"), /from ?"\/base\/_fresh\/js\//);
});

Deno.test("directories can be named, files ignored and islands added", async () => {
  const builder = new Builder({
    root: SITE,
    routeDir: "routes/apps",
    islandDir: "none",
    staticDir: ["none", "static"],
    ignore: [/new\.ts$/],
  });
  builder.registerIsland(`${SITE}/islands/Values.tsx`);
  const app = new App().fsRoutes("/sub");
  (await builder.build({ snapshot: "memory" }))(app);
  const response = await app.handler()(new Request("http://localhost/sub/new"));
  assert.equal(await response.text(), '{"id":"new","at":"/sub/:id"}');
  assert.equal(app.config.root, SITE);
});

Deno.test("listening serves the app, built for development by Builder", async () => {
  const stop = new AbortController();
  for (const isBuilder of [true, false]) {
    const { promise, resolve } = Promise.withResolvers<Deno.NetAddr>();
    const options = { port: 0, hostname: "127.0.0.1", signal: stop.signal, onListen: resolve };
    const app = new App().use(staticFiles()).fsRoutes().get(
      "/mode",
      (ctx) => Response.json([ctx.config.mode, ctx.info.remoteAddr.transport]),
    );
    if (isBuilder) {
      await new Builder({ root: SITE }).listen(() => Promise.resolve({ app }), options);
    } else await app.listen(options);
    const origin = `http://127.0.0.1:${(await promise).port}`;
    const mode = await (await fetch(`${origin}/mode`)).text();
    assert.equal(mode, isBuilder ? '["development","tcp"]' : '["production","tcp"]');
    const css = await fetch(`${origin}/grouped.css`);
    assert.equal(css.status, isBuilder ? 200 : 404);
    assert.equal(css.headers.get("etag"), null);
    await css.body?.cancel();
  }
  stop.abort();
});
