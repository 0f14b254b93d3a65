/** An app's own cookies: kept and sent when it asks for that, never across apps, told, cleared, gone with the app. @module */
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { addProgram } from "../../broker/actions/add_program.ts";
import type { HistoryPage } from "../../broker/schema/admin_api.ts";
import type { AppExport } from "../../broker/schema/app_export.ts";
import type { CookieSites } from "../../broker/schema/cookie_jar.ts";
import type { AppId } from "../../broker/schema/ids.ts";
import { connect } from "../../broker/sdk/connect.ts";
import type { FetchOptions } from "../../broker/sdk/fetch.ts";
import { startTestBroker, type TestBroker } from "../fakes/test_broker.ts";

const include: FetchOptions = { credentials: "include" };

/** An app that may fetch from the tests' server. */
async function reader({ broker, url }: TestBroker, name: string, target: string) {
  const { app, token } = await addProgram(broker, name);
  const id = broker.secrets.newId("grant");
  await broker.store.commit({
    puts: [{
      noun: "grant",
      id,
      record: {
        ...{ v: 1, id, effect: "allow", appId: app.id, capability: "host-access", target },
        ...{ spaces: ["loopback"], duration: { kind: "always" }, expiresAtMs: null },
        ...{ createdAtMs: broker.clock.nowMs(), requestId: null, spentBy: null },
      },
    }],
  });
  return { id: app.id, token, gatehouse: await connect({ broker: url, token }) };
}

/** A server that sets a cookie at `/in`, redirects there from `/moved`, and tells what it was sent. */
async function withServer(run: (origin: string) => Promise<void>): Promise<void> {
  let visits = 0;
  const server = createServer((incoming, outgoing) => {
    if (incoming.url === "/moved") {
      outgoing.writeHead(302, { "location": "/in", "set-cookie": "hop=1" });
      return outgoing.end();
    }
    if (incoming.url === "/in") {
      outgoing.setHeader("set-cookie", [`sid=${++visits}; HttpOnly; Max-Age=3600`, "theme=dark"]);
    }
    outgoing.end(incoming.headers.cookie ?? "none");
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  try {
    await run(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  } finally {
    const closed = once(server, "close");
    server.close();
    server.closeAllConnections();
    await closed;
  }
}

Deno.test("cookies are the app's own, go only when it asks, are told without values, cleared, and go with the app", async () => {
  await withServer(async (origin) => {
    const broker = await startTestBroker();
    const ada = await reader(broker, "Ada's reader", `${origin}/*`);
    const bob = await reader(broker, "Bob's reader", `${origin}/*`);
    const cookies = async (id: AppId, method = "GET", domain = "") =>
      (await (await broker.admin(method, `/apps/${id}/cookies${domain}`)).json() as CookieSites)
        .sites.map(({ domain, cookies }) => [domain, ...cookies.map(({ name }) => name)]);
    try {
      const text = async ({ gatehouse }: typeof ada, path: string, options?: FetchOptions) =>
        await (await gatehouse.fetch(`${origin}${path}`, options)).text();
      assert.equal(await text(ada, "/in"), "none");
      assert.equal(await text(ada, "/", include), "none", "nothing is kept unless it asks");
      const entered = await ada.gatehouse.fetch(`${origin}/moved`, include);
      assert.equal(await entered.text(), "hop=1", "each hop sets and gets its own");
      assert.equal(entered.headers.get("set-cookie"), null);
      assert.equal(await text(ada, "/", include), "hop=1; sid=2; theme=dark");
      assert.equal(await text(ada, "/"), "none", "and nothing is sent");
      assert.equal(await text(bob, "/", include), "none", "nor to another app");
      const rest = new URL(`${broker.url}/api/v1/fetch`);
      rest.search = `${new URLSearchParams({ url: `${origin}/`, credentials: "include" })}`;
      const answer = await fetch(rest, { headers: { authorization: `Bearer ${ada.token}` } });
      assert.equal(await answer.text(), "hop=1; sid=2; theme=dark");
      const byHand = ada.gatehouse.fetch(`${origin}/`, { headers: { Cookie: "sid=1" } });
      await assert.rejects(byHand, TypeError, "an app has no cookies but those");

      assert.deepEqual(await cookies(ada.id), [["127.0.0.1", "hop", "sid", "theme"]]);
      assert.deepEqual(await cookies(bob.id), []);
      const told = await (await broker.admin("GET", `/apps/${ada.id}/cookies`)).text();
      assert.ok(!told.includes("dark"), "values are not shown");
      const exported = await (await broker.admin("GET", `/apps/${ada.id}/export`))
        .json() as AppExport;
      assert.deepEqual(exported.cookies.map(({ domain }) => domain), ["127.0.0.1"]);
      assert.ok(!JSON.stringify(exported).includes("dark"), "nor exported");

      assert.deepEqual(await cookies(ada.id, "DELETE", "/other.example"), [[
        "127.0.0.1",
        "hop",
        "sid",
        "theme",
      ]]);
      assert.deepEqual(await cookies(ada.id, "DELETE", "/127.0.0.1"), []);
      assert.equal(await text(ada, "/", include), "none");
      await text(bob, "/in", include);
      assert.deepEqual(await cookies(bob.id, "DELETE"), []);

      await text(bob, "/in", include);
      await broker.admin("DELETE", `/apps/${bob.id}`);
      assert.equal(broker.broker.store.get("cookieJar", bob.id), undefined);
      const { entries } = await (await broker.admin("GET", "/history?limit=100"))
        .json() as HistoryPage;
      const lines = entries.filter(({ kind }) => kind.startsWith("cookies-"))
        .map(({ message }) => message).reverse();
      assert.deepEqual(lines.slice(0, 2), [
        "Ada's reader keeps cookies of 127.0.0.1.",
        "Cleared the cookies of 127.0.0.1 that Ada's reader kept.",
      ]);
      assert.deepEqual(broker.log.errors, []);
    } finally {
      ada.gatehouse.close();
      bob.gatehouse.close();
      await broker.stop();
    }
  });
});
