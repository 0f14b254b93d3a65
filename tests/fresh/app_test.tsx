/**
 * `App`: what answers which request, in which order.
 * @module
 */
import assert from "node:assert/strict";
import { App, type Context, HttpError } from "fresh";

async function ask(
  app: App<unknown>,
  path: string,
  init?: RequestInit,
): Promise<[status: number, body: string]> {
  const response = await app.handler()(new Request(`http://localhost${path}`, init));
  return [response.status, await response.text()];
}

const say = (text: string) => () => new Response(text);

Deno.test("each method answers its own, HEAD falls back to GET, OPTIONS lists them", async () => {
  const app = new App()
    .get("/", say("get")).post("/", say("post")).put("/", say("put"))
    .patch("/", say("patch")).delete("/", say("delete"))
    .head("/head", () => new Response(null, { status: 204 })).all("/all", say("all"));
  for (const method of ["GET", "POST", "PUT", "PATCH", "DELETE"]) {
    assert.deepEqual(await ask(app, "/", { method }), [200, method.toLowerCase()]);
    assert.deepEqual(await ask(app, "/all", { method }), [200, "all"]);
  }
  assert.deepEqual(await ask(app, "/", { method: "HEAD" }), [200, ""]);
  assert.deepEqual(await ask(app, "/head", { method: "HEAD" }), [204, ""]);
  assert.deepEqual(await ask(app, "/head"), [405, "Method Not Allowed"]);
  const options = await app.handler()(new Request("http://localhost/", { method: "OPTIONS" }));
  assert.equal(options.status, 204);
  assert.equal(options.headers.get("Allow"), "GET, POST, PUT, PATCH, DELETE");
});

Deno.test("static paths win, then patterns in order; parameters are decoded", async () => {
  const params = (ctx: Context<unknown>) => Response.json([ctx.route, ctx.params]);
  const app = new App()
    .get("/a/:id", params).get("/a/:other", say("never")).get("/a/b", say("static"))
    .get("/rest/:path*", params).get("/x/*", (ctx) => new Response(ctx.route));
  for (
    const [path, expected] of [
      ["/a/b", "static"],
      ["/a/b/", "static"],
      ["/a/c%20d", '["/a/:id",{"id":"c d"}]'],
      ["/rest/1/2", '["/rest/:path*",{"path":"1/2"}]'],
      ["/rest", '["/rest/:path*",{"path":""}]'],
      ["/x/y/z", "/x/*"],
      ["//a//b", "static"],
    ] as const
  ) {
    assert.deepEqual(await ask(app, path), [200, expected], path);
  }
  assert.deepEqual(await ask(app, "/none"), [404, "Not Found"]);
});

Deno.test("a route has the middlewares that were there before it, outermost first", async () => {
  const push = (text: string) => async (ctx: Context<unknown>) => {
    const response = await ctx.next();
    return new Response(`${text}(${await response.text()})`);
  };
  const app = new App()
    .use(push("a"))
    .use("/in", push("b"), push("c"))
    .get("/early", say("early"))
    .use(push("late"))
    .get("/in/side", push("own"), say("side"))
    .get("/lazy", () => Promise.resolve(say("lazy")));
  assert.deepEqual(await ask(app, "/early"), [200, "a(early)"]);
  assert.deepEqual(await ask(app, "/in/side"), [200, "a(late(b(c(own(side)))))"]);
  for (let i = 0; i < 2; i++) assert.deepEqual(await ask(app, "/lazy"), [200, "a(late(lazy))"]);
});

Deno.test("errors go to the nearest error route, 404s to notFound, others become a response", async (t) => {
  const app = new App()
    .use((ctx) => ctx.next())
    .onError(
      "*",
      (ctx) => new Response(`outer ${(ctx.error as Error).message}`.trim(), { status: 500 }),
    )
    .onError("/in", { component: ({ error }) => <p>inner {(error as Error).message}</p> })
    .notFound((ctx) => new Response(`no ${ctx.url.pathname}`, { status: 404 }))
    .get("/throws", () => Promise.reject(new Error("x")))
    .get("/in/throws", () => {
      throw new HttpError(403, "y");
    })
    .get("/in/gone", () => {
      throw new HttpError(404);
    });
  assert.deepEqual(await ask(app, "/throws"), [500, "outer x"]);
  const [status, html] = await ask(app, "/in/throws");
  assert.equal(status, 403);
  assert.match(html, /<p>inner y<\/p>/);
  assert.deepEqual(await ask(app, "/in/gone"), [404, "no /in/gone"]);
  assert.deepEqual(await ask(app, "/none"), [404, "no /none"]);
  assert.deepEqual(await ask(app, "/throws", { method: "POST" }), [500, "outer"]);

  await t.step("without error routes", async () => {
    const bare = new App().get("/teapot", () => {
      throw new HttpError(418);
    }).get("/told", () => {
      throw new HttpError(400, "Told so");
    });
    assert.deepEqual(await ask(bare, "/teapot"), [418, "I'm a Teapot"]);
    assert.deepEqual(await ask(bare, "/told"), [400, "Told so"]);
  });
});

Deno.test("a base path is in front of everything, and mounted apps are below theirs", async () => {
  const inner = new App().use(async (ctx) => {
    const response = await ctx.next();
    response.headers.set("x-inner", "1");
    return response;
  }).get("/page", say("inner"));
  const app = new App({ basePath: "/app" }).mountApp("/mounted", inner).get("/page", say("outer"));
  assert.deepEqual(await ask(app, "/app/page"), [200, "outer"]);
  assert.deepEqual(await ask(app, "/page"), [404, "Not Found"]);
  assert.deepEqual(await ask(app, "/app/mounted/page"), [200, "inner"]);
  const response = await app.handler()(new Request("http://localhost/app/mounted/page"));
  assert.equal(response.headers.get("x-inner"), "1");
});

Deno.test("redirects cannot lead to another host", async () => {
  const app = new App().get("/go", (ctx) => ctx.redirect(ctx.url.searchParams.get("to") ?? "/"));
  for (
    const [to, expected] of [
      ["//evil.example/x", "/evil.example/x"],
      ["/a//b?next=//c", "/a/b?next=//c"],
      ["/", "/"],
      ["https://example.com/", "https://example.com/"],
    ]
  ) {
    const url = `http://localhost/go?to=${encodeURIComponent(to ?? "")}`;
    const response = await app.handler()(new Request(url));
    assert.deepEqual([response.status, response.headers.get("location")], [302, expected]);
  }
});

Deno.test("forwarded headers change the URL only where the proxy is trusted", async () => {
  const headers = { "X-Forwarded-Proto": "https", "X-Forwarded-Host": "example.com" };
  for (const [trustProxy, origin] of [[true, "https://example.com"], [false, "http://localhost"]]) {
    const app = new App({ trustProxy: trustProxy === true })
      .get("/", (ctx) => new Response(ctx.url.origin));
    assert.deepEqual(await ask(app, "/", { headers }), [200, origin]);
  }
});

Deno.test("a stream passes as it is", async () => {
  const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
  const app = new App().use((ctx) => ctx.next()).get("/", () => new Response(readable));
  const response = await app.handler()(new Request("http://localhost/"));
  assert.equal(response.body, readable);
  await Promise.all([writable.close(), response.text()]);
});

Deno.test("upgrade answers a WebSocket handshake, and 400 to anything else", async () => {
  const app = new App().get(
    "/",
    (ctx) => ctx.upgrade({ message: (socket, event) => socket.send(`echo ${event.data}`) }),
  );
  assert.deepEqual(await ask(app, "/"), [400, "Expected a WebSocket upgrade request"]);
  const server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen() {} }, app.handler());
  const socket = new WebSocket(`ws://127.0.0.1:${server.addr.port}/`);
  const { promise, resolve } = Promise.withResolvers<unknown>();
  socket.onopen = () => socket.send("hi");
  socket.onmessage = ({ data }) => resolve(data);
  assert.equal(await promise, "echo hi");
  const closed = new Promise((done) => socket.onclose = done);
  socket.close();
  await closed;
  await server.shutdown();
});
