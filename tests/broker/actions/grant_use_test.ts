/** Use of grants: counted in few writes, shown, and missed after 60 and 90 days, with an Undo. @module */
import assert from "node:assert/strict";
import { grantView } from "../../../broker/actions/grant_view.ts";
import { openTcpSession } from "../../../broker/actions/open_tcp_session.ts";
import type { StoreChange } from "../../../broker/actions/ports.ts";
import { restoreGrant } from "../../../broker/actions/restore_grant.ts";
import { revokeGrants } from "../../../broker/actions/revoke_grants.ts";
import { startBroker } from "../../../broker/actions/start_broker.ts";
import { useFlushMs } from "../../../broker/actions/watch_grant_use.ts";
import type { App } from "../../../broker/schema/app.ts";
import type { Grant } from "../../../broker/schema/grant.ts";
import { type FakeBroker, fakeBroker, installedApp } from "../../fakes/fake_broker.ts";

const dayMs = 24 * 60 * 60 * 1000;

async function running(more: Partial<Grant> = {}) {
  const broker = fakeBroker();
  const app = await installedApp(broker);
  const { stop } = await startBroker(broker);
  const grant: Grant = {
    v: 1,
    id: broker.secrets.newId("grant"),
    effect: "allow",
    appId: app.id,
    capability: "tcp-connect",
    target: "93.184.216.34:993",
    spaces: ["public"],
    duration: { kind: "always" },
    createdAtMs: broker.clock.nowMs(),
    expiresAtMs: null,
    requestId: null,
    spentBy: null,
    ...more,
  };
  await broker.store.commit({ puts: [{ noun: "grant", id: grant.id, record: grant }] });
  return { broker, app, grant, stop };
}

function open(broker: FakeBroker, app: App) {
  return openTcpSession(broker, app.id, {
    contextId: broker.secrets.newId("ctx"),
    remoteAddress: "93.184.216.34",
    remotePort: 993,
    noDelay: true,
    keepAlive: false,
    reason: null,
    userActivation: false,
  }, { signal: new AbortController().signal, onWaiting: () => {}, onCut: () => {} });
}

const view = (broker: FakeBroker, grant: Grant) => {
  const { useCount, lastUsedAtMs, unused } = grantView(broker, grant);
  return { useCount, lastUsedAtMs, unused };
};

Deno.test("uses are gathered and written once in ten seconds", async () => {
  const { broker, app, grant } = await running();
  await broker.clock.advance(useFlushMs);
  const writes: StoreChange[] = [];
  broker.store.subscribe((change) => {
    if (change.puts.some(({ noun }) => noun === "grantUse")) writes.push(change);
  });
  for (let n = 0; n < 20; n++) {
    const { session, end } = await open(broker, app);
    session.bytesSent = 100;
    session.bytesReceived = 23;
    end(null);
  }
  const usedAtMs = broker.clock.nowMs();
  assert.deepEqual(writes, []);
  await broker.clock.advance(useFlushMs);
  assert.equal(writes.length, 1);
  assert.deepEqual(view(broker, grant), { useCount: 20, lastUsedAtMs: usedAtMs, unused: false });
  assert.equal(broker.store.get("grantUse", grant.id)?.record.bytes, 20 * 123);
  await broker.clock.advance(10 * useFlushMs);
  assert.equal(writes.length, 1, "nothing is written while nothing is used");
});

Deno.test("what was gathered is written when the broker stops", async () => {
  const { broker, app, grant, stop } = await running();
  await open(broker, app);
  await stop();
  assert.equal(broker.store.get("grantUse", grant.id)?.record.useCount, 1);
  assert.equal(broker.clock.waiting, 0);
});

Deno.test("the use of a grant that is gone goes after it", async () => {
  const { broker, app, grant } = await running();
  (await open(broker, app)).end(null);
  await broker.clock.advance(useFlushMs);
  await revokeGrants(broker, [grant.id]);
  await broker.clock.advance(useFlushMs);
  assert.deepEqual([...broker.store.list("grantUse")], []);
});

Deno.test("listed after sixty days, ended after ninety, and for thirty more that can be undone", async () => {
  const { broker, app, grant } = await running();
  await broker.clock.advance(60 * dayMs - 1);
  assert.equal(view(broker, grant).unused, false);
  await broker.clock.advance(1);
  assert.equal(view(broker, grant).unused, true);
  await broker.clock.advance(30 * dayMs - 1);
  assert.ok(broker.store.get("grant", grant.id));
  await broker.clock.advance(1);
  assert.equal(broker.store.get("grant", grant.id), undefined);

  const [ended] = (await broker.store.history({ appId: app.id, limit: 5 }))
    .filter(({ kind }) => kind === "grant-expired");
  assert.match(ended?.message ?? "", /not used for 90 days/);
  await broker.clock.advance(30 * dayMs);
  assert.deepEqual(await restoreGrant(broker, ended?.seq ?? 0), grant);
  assert.equal(view(broker, grant).unused, false, "undoing is a use");
  await broker.clock.advance(90 * dayMs - 1);
  assert.ok(broker.store.get("grant", grant.id), "the ninety days begin anew");
  await broker.clock.advance(30 * dayMs + 1);
  const entries = await broker.store.history({ appId: app.id, limit: 50 });
  const again = entries.find(({ kind }) => kind === "grant-expired");
  await broker.clock.advance(dayMs);
  await assert.rejects(restoreGrant(broker, again?.seq ?? 0), { type: "not-found" });
});

Deno.test("a connection that stays open keeps its grant", async () => {
  const { broker, app, grant } = await running();
  const { end } = await open(broker, app);
  await broker.clock.advance(91 * dayMs);
  assert.equal(view(broker, grant).unused, false);
  end(null);
  await broker.clock.advance(90 * dayMs - 1);
  assert.ok(broker.store.get("grant", grant.id));
  await broker.clock.advance(1);
  assert.equal(broker.store.get("grant", grant.id), undefined);
});

Deno.test("what time has ended stays ended, and a denial never ends for want of use", async () => {
  const { broker, app } = await running({
    duration: { kind: "for", ms: 1000 },
    expiresAtMs: fakeBroker().clock.nowMs() + 1000,
  });
  await broker.clock.advance(1000);
  const [ended] = (await broker.store.history({ appId: app.id, limit: 5 }))
    .filter(({ kind }) => kind === "grant-expired");
  assert.ok(ended);
  await assert.rejects(restoreGrant(broker, ended.seq), { type: "not-found" });

  const denial = await running({ effect: "deny" });
  await denial.broker.clock.advance(100 * dayMs);
  assert.ok(denial.broker.store.get("grant", denial.grant.id), "a denial does not end by itself");
});
