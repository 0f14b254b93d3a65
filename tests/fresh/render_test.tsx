/**
 * `ctx.render()`: documents, layouts, heads, nonces and links.
 * @module
 */
import assert from "node:assert/strict";
import { App, page } from "fresh";
import { asset, assetSrcSet, Head, IS_BROWSER } from "fresh/runtime";

async function html(app: App<unknown>, path = "/"): Promise<string> {
  const response = await app.handler()(new Request(`http://localhost${path}`));
  return (await response.text()).replace(/ nonce="\w+"/g, "");
}

const inShell = () =>
  new App().appWrapper(({ Component }) => (
    <html>
      <head>
        <title>Shell</title>
        <meta name="a" content="shell" />
      </head>
      <body>
        <Component />
      </body>
    </html>
  ));

Deno.test("missing outer elements are added, with status and headers as asked", async () => {
  const app = new App().get(
    "/",
    (ctx) => ctx.render(<h1>Tea</h1>, { status: 418, headers: { "x-a": "b" } }),
  );
  const response = await app.handler()(new Request("http://localhost/"));
  assert.equal(response.status, 418);
  assert.equal(response.headers.get("x-a"), "b");
  assert.equal(response.headers.get("content-type"), "text/html; charset=utf-8");
  assert.equal(
    await response.text(),
    '<!DOCTYPE html><html><head><meta charset="utf-8"/></head><body><h1>Tea</h1></body></html>',
  );
});

Deno.test("layouts wrap from the outside in, unless they or the call skip what is inherited", async () => {
  const app = inShell()
    .layout("*", ({ Component }) => <div class="a">{<Component />}</div>)
    .layout("/in", async ({ Component }) => (await 0, <div class="b">{<Component />}</div>))
    .layout("/alone", ({ Component }) => <div class="c">{<Component />}</div>, {
      skipInheritedLayouts: true,
      skipAppWrapper: true,
    })
    .get("/in/x", (ctx) => ctx.render(<p />))
    .get("/alone/x", (ctx) => ctx.render(<p />))
    .get("/none", (ctx) => ctx.render(<p />, {}, { skipInheritedLayouts: true }));
  assert.match(await html(app, "/in/x"), /<body><div class="a"><div class="b"><p><\/p><\/div>/);
  assert.match(await html(app, "/alone/x"), /<body><div class="c"><p><\/p><\/div><\/body>/);
  assert.doesNotMatch(await html(app, "/alone/x"), /Shell/);
  assert.match(await html(app, "/none"), /Shell.*<body><p><\/p><\/body>/);
});

Deno.test("a page gets its handler's data, and may answer with a response of its own", async () => {
  const app = new App()
    .route("/data", {
      handler: { GET: () => page({ n: 1 }, { status: 202 }) },
      component: ({ data }) => <p>{JSON.stringify(data)}</p>,
    })
    .route("/response", {
      component: (async () => await Promise.resolve(new Response("own"))) as never,
    });
  assert.match(await html(app, "/data"), /<p>{&quot;n&quot;:1}<\/p>/);
  assert.equal(await html(app, "/response"), "own");
});

Deno.test("Head replaces the same title, key and attributes, and appends the rest", async () => {
  const app = inShell().get("/", (ctx) =>
    ctx.render(
      <p>
        <svg>
          <title>Drawing</title>
        </svg>
        <Head>
          <title>Page</title>
          <meta name="a" content="page" />
          {[<meta key="k" name="b" content="first" />]}
        </Head>
        <Head>
          <meta key="k" name="b" content="last" />
        </Head>
      </p>,
    ));
  const text = await html(app);
  assert.match(
    text,
    /<head><title>Page<\/title><meta name="a" content="page"\/><meta name="b" content="last" data-key="k"\/><\/head>/,
  );
  assert.match(text, /<svg><title>Drawing<\/title><\/svg>/);
});

Deno.test("scripts and styles carry a new nonce in every document", async () => {
  const constant = (
    <main>
      <script src="/a.js" />
      <style>{"p{}"}</style>
      <script nonce="own" />
    </main>
  );
  const handler = new App().get("/", (ctx) => ctx.render(constant)).handler();
  const nonces = new Set<string>();
  for (let i = 0; i < 2; i++) {
    const text = await (await handler(new Request("http://localhost/"))).text();
    const found = [...text.matchAll(/nonce="(\w+)"/g)].map(([, nonce]) => nonce ?? "");
    assert.equal(found[0], found[1]);
    assert.equal(found[2], "own");
    nonces.add(found[0] ?? "");
  }
  assert.equal(nonces.size, 2);
});

Deno.test("links to the current page and those above say so", async () => {
  const links = ["/", "/a", "/a/b", "/a/b?x=1", "/a/bc", "https://example.com/a/b"];
  const Links = () => (
    <nav>
      {links.map((href) => <a key={href} href={href} />)}
      <a href="/a" aria-current={false} />
    </nav>
  );
  const app = new App().get("/a/b", (ctx) => ctx.render(<Links />));
  const found = [...(await html(app, "/a/b")).matchAll(/<a href="[^"]*"([^>]*)>/g)];
  assert.deepEqual(found.map(([, rest]) => /aria-current="(\w+)"/.exec(rest ?? "")?.[1] ?? ""), [
    "true",
    "true",
    "page",
    "true",
    "",
    "",
    "false",
  ]);
});

Deno.test("asset() adds the build id to root-relative paths only", () => {
  const id = new URL(asset("/a.css"), "http://localhost").searchParams.get("__frsh_c");
  assert.match(id ?? "", /^\w{32}$/);
  assert.equal(asset("/a.css?b=1#c"), `/a.css?b=1&__frsh_c=${id}#c`);
  for (const path of ["a.css", "//host/a.css", "https://host/a.css", asset("/a.css")]) {
    assert.equal(asset(path), path);
  }
  assert.equal(assetSrcSet("/a.png 1x, /b.png 2x"), `${asset("/a.png")} 1x, ${asset("/b.png")} 2x`);
  assert.equal(assetSrcSet("/a(b).png 1x"), "/a(b).png 1x");
  assert.equal(IS_BROWSER, false);
});

Deno.test("images get asset() by themselves, unless they opt out", async () => {
  const app = new App().get("/", (ctx) =>
    ctx.render(
      <p>
        <img src="/a.png" srcset="/b.png 2x" />
        <img src="/c.png" {...{ "data-fresh-disable-lock": true }} />
      </p>,
    ));
  const text = await html(app);
  assert.ok(text.includes(`src="${asset("/a.png")}" srcset="${asset("/b.png")} 2x"`));
  assert.match(text, /src="\/c\.png"/);
});

Deno.test("only elements can be rendered", async () => {
  const app = new App().onError("*", (ctx) => new Response(String(ctx.error)))
    .get("/", (ctx) => ctx.render("text" as never));
  assert.match(await html(app), /ctx\.render\(\)/);
});
