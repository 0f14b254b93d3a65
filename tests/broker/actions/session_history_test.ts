/** What sessions leave in the history: told one by one while they are few, summed up when they are many. @module */
import assert from "node:assert/strict";
import { closeSession } from "../../../broker/actions/close_session.ts";
import { openTcpSession } from "../../../broker/actions/open_tcp_session.ts";
import { maxToldSessions, spanMs } from "../../../broker/actions/session_history.ts";
import { startBroker } from "../../../broker/actions/start_broker.ts";
import type { App } from "../../../broker/schema/app.ts";
import type { Grant } from "../../../broker/schema/grant.ts";
import { type FakeBroker, fakeBroker, installedApp } from "../../fakes/fake_broker.ts";
import { fakeId } from "../../fakes/fake_secrets.ts";

async function open(broker: FakeBroker, app: App) {
  const ask = {
    contextId: fakeId("ctx", 1),
    remoteAddress: "127.0.0.1",
    remotePort: 7,
    noDelay: false,
    keepAlive: false,
    reason: null,
    userActivation: false,
  };
  const { signal } = new AbortController();
  return await openTcpSession(broker, app.id, ask, { signal, onWaiting() {}, onCut() {} });
}

async function running() {
  const broker = fakeBroker();
  const app = await installedApp(broker);
  const grant: Grant = {
    v: 1,
    id: broker.secrets.newId("grant"),
    effect: "allow",
    appId: app.id,
    capability: "tcp-connect",
    target: "127.0.0.1:7",
    spaces: ["loopback"],
    duration: { kind: "always" },
    createdAtMs: broker.clock.nowMs(),
    expiresAtMs: null,
    requestId: null,
    spentBy: null,
  };
  await broker.store.commit({ puts: [{ noun: "grant", id: grant.id, record: grant }] });
  const { stop } = await startBroker(broker);
  const lines = async (kind: string) =>
    (await broker.store.history({ limit: 5000 })).filter((entry) => entry.kind === kind);
  return { broker, app, stop, lines };
}

Deno.test("an app that opens many connections can't push the rest out of the history", async () => {
  const { broker, app, stop, lines } = await running();
  const more = 40;
  for (let n = 0; n < maxToldSessions + more; n++) (await open(broker, app)).end(null);
  await broker.clock.advance(0);
  assert.equal((await lines("session-opened")).length, maxToldSessions);
  assert.equal((await lines("session-closed")).length, maxToldSessions);

  const { session } = await open(broker, app);
  closeSession(broker, session.id);
  await broker.clock.advance(0);
  assert.match((await lines("session-closed"))[0]?.message ?? "", /^The person closed/);

  await broker.clock.advance(spanMs);
  const [sum] = await lines("session-closed");
  assert.equal(sum?.message, `${more} more connections were opened and closed.`);
  assert.equal(sum?.appName, "Mail");
  (await open(broker, app)).end(null);
  await broker.clock.advance(0);
  assert.equal((await lines("session-opened")).length, maxToldSessions + 1, "told again");
  await stop();
  assert.equal(broker.clock.waiting, 0);
});

Deno.test("sums are told when the broker stops, and an opening that was told is closed", async () => {
  const { broker, app, stop, lines } = await running();
  const first = await open(broker, app);
  await broker.clock.advance(spanMs);
  first.end(null);
  await broker.clock.advance(0);
  const told = (await lines("session-closed")).map(({ detail }) => detail["sessionId"]);
  assert.ok(told.includes(first.session.id), "in the next span too");
  for (let n = 0; n < maxToldSessions + 3; n++) (await open(broker, app)).end(null);
  await stop();
  const messages = (await lines("session-closed")).map(({ message }) => message);
  assert.ok(
    messages.some((message) => message.startsWith("3 more connections")),
    messages.join("\n"),
  );
});
