/** The broker as `main.ts` wires it: it comes up whole, and ends in good order. @module */
import assert from "node:assert/strict";
import { WebSocket } from "ws";
import { startTestBroker, type TestBroker } from "./fakes/test_broker.ts";
import { exchange } from "./fakes/raw_http.ts";
import { startGatehouse } from "../main.ts";
import { fakeBroker } from "./fakes/fake_broker.ts";

async function withBroker(run: (broker: TestBroker) => Promise<void>): Promise<void> {
  const broker = await startTestBroker();
  try {
    await run(broker);
    assert.deepEqual(broker.log.errors, []);
  } finally {
    await broker.stop();
  }
}

Deno.test("it answers as soon as it listens, under its own names alone", async () => {
  await withBroker(async ({ port, url }) => {
    const health = await (await fetch(`${url}/api/v1/health`)).json();
    assert.equal(health.status, "ok");
    const evil =
      `GET /api/v1/health HTTP/1.1\r\nHost: evil.test:${port}\r\nConnection: close\r\n\r\n`;
    assert.match(await exchange(port, evil), /^HTTP\/1\.1 421/);
    const sdk = await (await fetch(`${url}/sdk.js`)).text();
    assert.match(sdk, /TCPSocket/);
  });
});

Deno.test("a port that is taken is said to be, and nothing is left begun", async () => {
  await withBroker(async ({ port }) => {
    const { store, log } = fakeBroker();
    const second = startGatehouse({ store, log, adminToken: "x" }, port);
    await assert.rejects(second, { code: "EADDRINUSE" });
    assert.deepEqual(await store.history({ limit: 1 }), [], "it never started");
  });
});

Deno.test("a launch link leads to the dashboard on its own host", async () => {
  await withBroker((broker) => {
    const { url } = broker.launchLink();
    assert.equal(new URL(url).host, `gatehouse.localhost:${broker.port}`);
    return Promise.resolve();
  });
});

Deno.test("stopping ends streams, long polls and relays, and says so in the history", async () => {
  const broker = await startTestBroker();
  const origin = "https://mail.example.com";
  const registered = await fetch(`${broker.url}/api/v1/apps`, {
    method: "POST",
    headers: { origin, "content-type": "application/json" },
    body: JSON.stringify({ name: "Mail" }),
  });
  const { app, token } = await registered.json();
  const headers = { origin, authorization: `Bearer ${token}` };
  const polled = fetch(`${broker.url}/api/v1/apps/me/wait`, { headers });
  const streamed = await fetch(`${broker.url}/api/v1/events`, { headers });
  const { token: program } = await (await broker.admin("POST", "/apps", { name: "Tool" })).json();
  const relay = new WebSocket(`ws://127.0.0.1:${broker.port}/api/v1/relay`, [
    "gatehouse.v1",
    `gatehouse.token.${program}`,
  ]);
  await new Promise((resolve, reject) => relay.once("open", resolve).once("error", reject));
  const relayClosed = new Promise<number>((resolve) => relay.once("close", resolve));

  await broker.stop();
  assert.equal((await (await polled).json()).id, app.id);
  assert.match(await streamed.text(), /event: app\n/);
  assert.equal(await relayClosed, 1001);
  await assert.rejects(fetch(`${broker.url}/api/v1/health`));
  const [last] = await broker.broker.store.history({ limit: 1 });
  assert.equal(last?.kind, "broker-stopped");
  assert.deepEqual(broker.log.errors, []);
});
