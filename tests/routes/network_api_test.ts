/** Network facts over REST and the app's event stream: told while the app may know, and not a moment longer. @module */
import assert from "node:assert/strict";
import type { App } from "../../broker/schema/app.ts";
import type { Grant } from "../../broker/schema/grant.ts";
import { Network } from "../../broker/sdk/network.ts";
import { fakeApp, type FakeBroker } from "../fakes/fake_broker.ts";
import { adminToken, startWebTwin } from "../fakes/web_twin.ts";

const origin = "https://mail.example.com";

/** Resolves when the store has changed. */
function changed({ store }: FakeBroker): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const stop = store.subscribe(() => resolve());
  return promise.finally(stop);
}

Deno.test("an app asks, is told, follows changes, and hears no more of them after a revoke", async () => {
  const twin = await startWebTwin();
  const { broker } = twin;
  const bare = fakeApp(broker, { origin });
  const token = `${bare.id}.${broker.secrets.newToken()}`;
  const tokenHash = broker.secrets.hash(token);
  const id = broker.secrets.newId("cred");
  const app: App = {
    ...bare,
    credentials: [{ id, tokenHash, state: "active", createdAtMs: 0 }],
  };
  await broker.store.commit({ puts: [{ noun: "app", id: app.id, record: app }] });
  const stop = new AbortController();
  const events = await twin.call("/api/v1/events", { token, origin, signal: stop.signal });
  const reader = events.body!.pipeThrough(new TextDecoderStream()).getReader();
  const hears = async (name: string) => {
    let text = "";
    while (!text.includes(`event: ${name}\n`)) text += (await reader.read()).value ?? "";
    return text;
  };
  await hears("app");
  assert.equal(broker.network.listenerCount, 0, "the platform is left alone");

  const asked = twin.call("/api/v1/network?reason=Video+quality", { token, origin });
  while ([...broker.store.list("request")].length === 0) await changed(broker);
  const [request] = [...broker.store.list("request")];
  assert.deepEqual([request?.capability, request?.reason], ["network-info", "Video quality"]);
  const { requests } = await (await twin.call("/admin/v1/requests", { token: adminToken })).json();
  const answered = await twin.call(`/admin/v1/requests/${request?.id}/answer`, {
    method: "POST",
    token: adminToken,
    json: {
      effect: "allow",
      duration: { kind: "always" },
      reviewToken: requests[0].reviewToken,
    },
  });
  assert.equal(answered.status, 200);
  const facts = await (await asked).json();
  assert.deepEqual([facts.kind, facts.addresses.length], ["wifi", 2]);
  await hears("added");

  assert.equal(broker.network.listenerCount, 1);
  broker.network.change({ kind: "mobile", metered: true });
  const told = await hears("network");
  assert.match(told, /"kind":"mobile","metered":true/);

  const [grant] = broker.store.grantsOf(app.id).all;
  await twin.call(`/admin/v1/grants/${grant?.id}`, { method: "DELETE", token: adminToken });
  await hears("removed");
  assert.equal(broker.network.listenerCount, 0);

  stop.abort();
  await reader.cancel().catch(() => {});
  await twin.stop();
});

Deno.test("an app in another site's page is told nothing, unless that site lets it", async () => {
  const twin = await startWebTwin();
  const { broker } = twin;
  const bare = fakeApp(broker, { origin });
  const token = `${bare.id}.${broker.secrets.newToken()}`;
  const tokenHash = broker.secrets.hash(token);
  const id = broker.secrets.newId("cred");
  const credentials: App["credentials"] = [{ id, tokenHash, state: "active", createdAtMs: 0 }];
  const app: App = { ...bare, credentials };
  const grantId = broker.secrets.newId("grant");
  const record: Grant = {
    ...{ v: 1, id: grantId, effect: "allow", appId: app.id, capability: "network-info" },
    ...{ target: "*", spaces: ["public"], createdAtMs: broker.clock.nowMs(), spentBy: null },
    ...{ duration: { kind: "always" }, expiresAtMs: null, requestId: null },
  };
  await broker.store.commit({
    puts: [{ noun: "app", id: app.id, record: app }, { noun: "grant", id: grantId, record }],
  });
  /** Asks as the SDK does in a page with these around it. */
  const ask = async (ancestors: string[] | null) => {
    let path = "";
    const api = {
      environment: { frame: () => ancestors && { ancestors }, userActivation: () => false },
      call: (_method: string, asked: string) => Promise.resolve(path = asked),
    };
    await new Network(() => Promise.resolve(api as never), new EventTarget() as never).get();
    const answer = await twin.call(`/api/v1${path}`, { token, origin });
    const { cause } = await answer.json();
    return [answer.status, cause?.message];
  };
  assert.deepEqual(await ask(null), [200, undefined]);
  assert.deepEqual(await ask([origin, origin]), [200, undefined]);
  const [status, message] = await ask([origin, "https://evil.example"]);
  assert.equal(status, 403);
  assert.match(message, /inside a page of another site/);
  const empty = await twin.call("/api/v1/network?ancestors=", { token, origin });
  const { errors } = await empty.json();
  assert.deepEqual([empty.status, errors[0].pointer], [400, "/ancestors"]);
  await twin.stop();
});
