/** `fetch` in a real browser: a real `Response` of a server that shares with no page, in a page and in a worker. @module */
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { AppView } from "../../broker/schema/dashboard.ts";
import { launchBrowser } from "../browser.ts";
import { startStaticSite } from "../fakes/static_site.ts";
import { startTestBroker } from "../fakes/test_broker.ts";

const largeBytes = 3_000_000;

/** A server without CORS. */
async function answer(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
  switch (incoming.url) {
    case "/echo": {
      let body = "";
      for await (const piece of incoming) body += piece;
      const { headers, method } = incoming;
      outgoing.writeHead(200, { "content-type": "application/json" });
      return void outgoing.end(JSON.stringify({ method, body, headers }));
    }
    case "/moved":
      return void outgoing.writeHead(302, { location: "/here" }).end();
    case "/here":
      outgoing.writeHead(203, "Fine", { "content-type": "text/plain", "set-cookie": "a=1" });
      return void outgoing.end("hello");
    case "/large": {
      const isPart = incoming.headers.range === "bytes=1-3";
      const length = isPart ? 3 : largeBytes;
      outgoing.writeHead(isPart ? 206 : 200, { "content-length": length });
      return void outgoing.end(incoming.method === "HEAD" ? undefined : new Uint8Array(length));
    }
    case "/endless":
      return void outgoing.write("a");
  }
}

/** What the app's steps tell. */
interface Told {
  bodies: Record<string, { method: string; body: string; headers: Record<string, string> }>;
  facts: Record<string, unknown>;
  read: unknown;
  part: unknown;
  progress: unknown;
  aborts: unknown;
  refused: unknown;
}

function check({ bodies, facts, ...streams }: Told): void {
  const sent = Object.fromEntries(
    Object.entries(bodies).map(([name, { method, body }]) => [name, `${method} ${body}`]),
  );
  assert.match(sent["form"] ?? "", /^POST [^]*name="name"\r\n\r\nAda\r\n[^]*of a file\r\n/);
  delete sent["form"];
  assert.deepEqual(sent, {
    text: "POST grüß",
    bytes: "POST go",
    blob: "POST blob",
    search: "POST a=1+2",
    request: "PUT asked",
    stream: "POST streamed",
  });
  assert.match(bodies["form"]?.headers["content-type"] ?? "", /^multipart\/form-data; boundary=/);
  assert.equal(bodies["blob"]?.headers["content-type"], "image/png");
  assert.equal(bodies["request"]?.headers["x-key"], "k");
  for (const { headers } of Object.values(bodies)) {
    for (const name of ["origin", "referer", "cookie", "sec-fetch-mode"]) {
      assert.equal(headers[name], undefined, `${name} is not sent`);
    }
    assert.equal(headers["user-agent"], "Gatehouse");
  }
  assert.deepEqual(facts, {
    ...{ isResponse: true, status: 203, statusText: "Fine", ok: true, redirected: true },
    ...{ path: "/here", clonePath: "/here", type: "text/plain", cookie: null },
    ...{ text: "hello", blob: 5 },
  });
  assert.deepEqual(streams, {
    read: { byob: 1000, whole: largeBytes, head: null },
    part: [206, 3],
    progress: { sentBytes: 0, receivedBytes: largeBytes, totalBytes: largeBytes },
    aborts: ["AbortError", "TimeoutError"],
    refused: { isTypeError: true, code: "denied" },
  });
}

Deno.test("fetch in Chromium, in a page and in a worker", async (t) => {
  const [broker, browser] = await Promise.all([startTestBroker(), launchBrowser()]);
  const server = createServer((incoming, outgoing) => void answer(incoming, outgoing));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const brokerOrigin = `http://gatehouse.localhost:${broker.port}`;
  const site = await startStaticSite(new URL("./fetch_app/", import.meta.url), {
    "gatehouse.js": `export * from "${brokerOrigin}/sdk.js";`,
  });
  try {
    const page = await (await browser.newContext()).newPage();
    const faults: string[] = [];
    page.on("pageerror", (error) => faults.push(`${error}`));
    await page.goto(`${site.origin}/?${new URLSearchParams({ broker: brokerOrigin })}`);
    const state = page.locator("#state");
    await state.filter({ hasText: "pending-installation" }).waitFor();
    const { apps } = await (await broker.admin("GET", "/apps")).json() as { apps: AppView[] };
    const [app] = apps;
    assert.ok(app);
    await broker.admin("POST", `/apps/${app.id}/install`);
    await state.filter({ hasText: "installed" }).waitFor();
    const id = broker.broker.secrets.newId("grant");
    await broker.broker.store.commit({
      puts: [{
        noun: "grant",
        id,
        record: {
          ...{ v: 1, id, effect: "allow", appId: app.id, capability: "host-access" },
          ...{ target: `${origin}/*`, spaces: ["loopback"], duration: { kind: "always" } },
          ...{ createdAtMs: Date.now(), expiresAtMs: null, requestId: null, spentBy: null },
        },
      }],
    });
    for (const where of ["inPage", "inWorker"] as const) {
      await t.step(where, async () => {
        check(
          await page.evaluate(
            // deno-lint-ignore no-explicit-any
            ([where, origin]) => (globalThis as any).app[where](origin),
            [where, origin] as const,
          ),
        );
      });
    }
    await t.step("without Gatehouse the browser refuses the same server", async () => {
      const refused = await page.evaluate(
        (origin) => fetch(`${origin}/here`).then(() => "", (error) => `${error}`),
        origin,
      );
      assert.match(refused, /TypeError: Failed to fetch/);
    });
    assert.deepEqual(faults, []);
    assert.deepEqual(broker.log.errors, []);
  } finally {
    await browser.close();
    await Promise.all([broker.stop(), site.stop()]);
    const closed = once(server, "close");
    server.close();
    server.closeAllConnections();
    await closed;
  }
});
