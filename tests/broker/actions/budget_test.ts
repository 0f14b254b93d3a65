/** Budgets of grants: counted, kept across a restart, cut when used up, closed when idle, set anew. @module */
import assert from "node:assert/strict";
import { ActionError } from "../../../broker/actions/action_error.ts";
import { answerRequest } from "../../../broker/actions/answer_request.ts";
import { budgetMeter } from "../../../broker/actions/budget_meter.ts";
import { exportGrants } from "../../../broker/actions/export_grants.ts";
import { narrowGrant } from "../../../broker/actions/narrow_grant.ts";
import { openTcpSession } from "../../../broker/actions/open_tcp_session.ts";
import { pendingRequests } from "../../../broker/actions/pending_requests.ts";
import { ConnectError } from "../../../broker/actions/ports.ts";
import { restoreGrant } from "../../../broker/actions/restore_grant.ts";
import { restoreGrants } from "../../../broker/actions/restore_grants.ts";
import { revokeGrants } from "../../../broker/actions/revoke_grants.ts";
import { reviewToken } from "../../../broker/actions/review_token.ts";
import { setBudget } from "../../../broker/actions/set_budget.ts";
import { startBroker } from "../../../broker/actions/start_broker.ts";
import { budgetCheckMs } from "../../../broker/actions/watch_budgets.ts";
import { useFlushMs } from "../../../broker/actions/watch_grant_use.ts";
import type { App } from "../../../broker/schema/app.ts";
import type { Budget } from "../../../broker/schema/budget.ts";
import type { Grant } from "../../../broker/schema/grant.ts";
import type { SessionError } from "../../../broker/schema/session.ts";
import { SessionTable } from "../../../broker/stores/session_table.ts";
import { type FakeBroker, fakeBroker, installedApp } from "../../fakes/fake_broker.ts";
import { settle } from "../../fakes/fake_clock.ts";

const target = "93.184.216.34:993";

async function running(budget?: Budget, more: Partial<Grant> = {}) {
  const broker = fakeBroker();
  const app = await installedApp(broker);
  const { stop } = await startBroker(broker);
  const grant: Grant = {
    v: 1,
    id: broker.secrets.newId("grant"),
    effect: "allow",
    appId: app.id,
    capability: "tcp-connect",
    target,
    spaces: ["public"],
    duration: { kind: "always" },
    createdAtMs: broker.clock.nowMs(),
    expiresAtMs: null,
    requestId: null,
    spentBy: null,
    ...(budget && { budget }),
    ...more,
  };
  await broker.store.commit({ puts: [{ noun: "grant", id: grant.id, record: grant }] });
  return { broker, app, grant, stop };
}

const gone: SessionError = { code: "app-gone", phase: "transfer", message: "Gone." };

async function open(broker: FakeBroker, app: App) {
  const cuts: SessionError[] = [];
  const opened = await openTcpSession(broker, app.id, {
    contextId: broker.secrets.newId("ctx"),
    remoteAddress: "93.184.216.34",
    remotePort: 993,
    noDelay: true,
    keepAlive: false,
    reason: null,
    userActivation: false,
  }, {
    signal: new AbortController().signal,
    onWaiting: () => {},
    onCut: (error) => void cuts.push(error),
  });
  return { ...opened, cuts };
}

async function refused(broker: FakeBroker, app: App): Promise<SessionError> {
  const fault = await open(broker, app).then(() => assert.fail("It opened."), (fault) => fault);
  assert.ok(fault instanceof ConnectError, String(fault));
  return fault.error;
}

Deno.test("connections are counted; beyond them it is denied, not asked", async () => {
  const { broker, app } = await running({ connections: 2 });
  const first = await open(broker, app);
  first.end(null);
  const second = await open(broker, app);
  const error = await refused(broker, app);
  assert.equal(error.code, "denied");
  assert.match(error.message, /2 connections, and that is used up/);
  assert.deepEqual(pendingRequests(broker), []);
  await broker.clock.advance(budgetCheckMs * 4);
  assert.deepEqual(second.cuts, [], "what is open was counted when it opened");
});

Deno.test("when the bytes are used up, every session of the grant is cut, with the reason", async () => {
  const { broker, app } = await running({ bytes: 1000 });
  const one = await open(broker, app);
  const two = await open(broker, app);
  one.session.bytesSent = 400;
  two.session.bytesReceived = 599;
  await broker.clock.advance(budgetCheckMs);
  assert.equal(broker.sessions.size, 2);
  two.session.bytesReceived = 600;
  await broker.clock.advance(budgetCheckMs);
  for (const { cuts } of [one, two]) {
    assert.equal(cuts[0]?.code, "permission-ended");
    assert.match(cuts[0]?.message ?? "", /1,000 bytes, and that is used up/);
  }
  assert.equal((await refused(broker, app)).code, "denied");
});

Deno.test("bytes of closed sessions stay used", async () => {
  const { broker, app } = await running({ bytes: 1000 });
  const one = await open(broker, app);
  one.session.bytesSent = 1000;
  one.end(null);
  assert.equal((await refused(broker, app)).code, "denied");
});

Deno.test("what was used is kept across a restart", async () => {
  const { broker, app, stop } = await running({ connections: 2, bytes: 1000 });
  const one = await open(broker, app);
  one.session.bytesSent = 999;
  one.end(null);
  await stop();
  const restarted = { ...broker, sessions: new SessionTable() };
  await startBroker(restarted);
  const two = await open(restarted, app);
  two.session.bytesSent = 1;
  await broker.clock.advance(budgetCheckMs);
  assert.equal(two.cuts[0]?.code, "permission-ended");
});

Deno.test("an idle session is closed with its own code; one that moves is not", async () => {
  const { broker, app } = await running({ idleTimeoutMs: 10_000 });
  const idle = await open(broker, app);
  const busy = await open(broker, app);
  for (let second = 0; second < 12; second++) {
    busy.session.bytesReceived++;
    await broker.clock.advance(1000);
  }
  assert.deepEqual(idle.cuts.map(({ code, phase }) => [code, phase]), [
    ["idle-timeout", "transfer"],
  ]);
  assert.deepEqual(busy.cuts, []);
  await open(broker, app);
});

Deno.test("nothing is watched while no open session has a budget", async () => {
  for (const budget of [undefined, { bytes: 10 }]) {
    const { broker, app } = await running(budget);
    await broker.clock.advance(budgetCheckMs);
    const waits: number[] = [];
    const setTimer = broker.clock.setTimer.bind(broker.clock);
    broker.clock.setTimer = (delayMs, callback) => {
      waits.push(delayMs);
      return setTimer(delayMs, callback);
    };
    const { end } = await open(broker, app);
    assert.equal(waits.includes(budgetCheckMs), budget !== undefined);
    end(null);
    await broker.clock.advance(budgetCheckMs);
    waits.length = 0;
    await broker.clock.advance(60_000);
    assert.ok(!waits.includes(budgetCheckMs));
  }
});

Deno.test("an answer may carry a budget; a denial has none", async () => {
  const { broker, app, grant } = await running();
  await broker.store.commit({ removals: [{ noun: "grant", id: grant.id }] });
  for (const effect of ["allow", "deny"] as const) {
    const asking = open(broker, app).catch((fault) => fault);
    await settle();
    const [request] = pendingRequests(broker);
    assert.ok(request);
    const { grant: made } = await answerRequest(broker, request.id, {
      effect,
      duration: { kind: "always" },
      budget: { bytes: 5 },
      reviewToken: reviewToken(broker, request),
    });
    assert.deepEqual(made?.budget, effect === "allow" ? { bytes: 5 } : undefined);
    await asking;
    await broker.store.commit({ removals: [{ noun: "grant", id: made?.id ?? "" }] });
  }
});

Deno.test("a larger budget takes the place of one in one commit: sessions go on, what was used stays used", async () => {
  const { broker, app, grant } = await running({ connections: 1 });
  const one = await open(broker, app);
  one.session.bytesSent = 700;
  await refused(broker, app);
  const { revoked, grant: made, closedSessions } = await setBudget(broker, grant.id, {
    connections: 2,
    bytes: 1000,
  });
  assert.equal(revoked, grant.id);
  assert.deepEqual([made.budget, made.target, made.createdAtMs], [
    { connections: 2, bytes: 1000 },
    target,
    grant.createdAtMs,
  ]);
  assert.deepEqual(closedSessions, []);
  assert.deepEqual(one.cuts, []);
  assert.deepEqual(one.session.ruleIds, [made.id]);
  const two = await open(broker, app);
  await refused(broker, app);
  two.session.bytesSent = 300;
  await broker.clock.advance(budgetCheckMs);
  assert.equal(one.cuts.length + two.cuts.length, 2);
  const [entry] = (await broker.store.history({ limit: 10 }))
    .filter(({ message }) => message.includes("Limited"));
  assert.match(entry?.message ?? "", /1,000 bytes, 2 connections/);
});

Deno.test("undoing a budget brings the old grant back in one commit, with all that was used meanwhile", async () => {
  const { broker, app, grant } = await running({ connections: 3, bytes: 1000 });
  (await open(broker, app)).session.bytesSent = 100;
  const going = await open(broker, app);
  going.session.bytesSent = 200;
  for (const { session, close } of [...broker.sessions.list()].slice(0, 1)) {
    assert.equal(session.bytesSent, 100);
    close(gone);
  }
  const { grant: made } = await setBudget(broker, grant.id, { connections: 9 });
  const { session } = await open(broker, app);
  session.bytesReceived = 50;
  broker.sessions.get(session.id)?.close(gone);
  // What was counted of the first one is taken out meanwhile.
  await broker.clock.advance(useFlushMs);
  await settle();
  assert.equal(broker.store.get("grantUse", grant.id), undefined);
  assert.deepEqual((await restoreGrants(broker, [grant.id])).restored, [grant.id]);
  assert.equal(broker.store.get("grant", made.id), undefined);
  assert.deepEqual(going.session.ruleIds, [grant.id]);
  assert.deepEqual(going.cuts, []);
  const meter = budgetMeter(broker);
  meter.countOpen();
  assert.deepEqual(meter.get(grant.id), { connections: 3, bytes: 350 });
  await refused(broker, app);
});

Deno.test("what was used of a budget outlasts a revoke that is undone, however late", async () => {
  const { broker, app, grant } = await running({ connections: 2, bytes: 1000 });
  const { session } = await open(broker, app);
  session.bytesSent = 400;
  await broker.clock.advance(budgetCheckMs);
  await revokeGrants(broker, [grant.id]);
  await broker.clock.advance(useFlushMs);
  await settle();
  const [entry] = await broker.store.history({ grantId: grant.id, limit: 1 });
  assert.ok(entry);
  await restoreGrant(broker, entry.seq);
  assert.deepEqual(budgetMeter(broker).get(grant.id), { connections: 1, bytes: 400 });
});

Deno.test("a budget that is used up already closes its sessions; none opens without bound again", async () => {
  const { broker, app, grant } = await running();
  const one = await open(broker, app);
  one.session.bytesSent = 5000;
  const { grant: made } = await setBudget(broker, grant.id, { bytes: 4000 });
  await broker.clock.advance(budgetCheckMs);
  assert.equal(one.cuts[0]?.code, "permission-ended");
  await refused(broker, app);
  const { grant: free } = await setBudget(broker, made.id, null);
  assert.equal(free.budget, undefined);
  await open(broker, app);
});

Deno.test("setting a budget refuses what has none: a denial, a spent permission, one that is gone", async () => {
  const rows: [Partial<Grant>, string][] = [
    [{ effect: "deny" }, "invalid-body"],
    [
      { duration: { kind: "once" }, spentBy: "sess_00000000000000000000000000000001" },
      "invalid-body",
    ],
  ];
  for (const [more, type] of rows) {
    const { broker, grant } = await running(undefined, more);
    await assert.rejects(setBudget(broker, grant.id, { bytes: 1 }), (fault) => {
      return fault instanceof ActionError && fault.type === type;
    });
  }
  const { broker } = await running();
  await assert.rejects(setBudget(broker, broker.secrets.newId("grant"), null), ActionError);
});

Deno.test("narrowing and exporting keep the budget, and what was used of it", async () => {
  const { broker, app, grant } = await running({ connections: 2 }, { target: "93.184.216.0/24:*" });
  (await open(broker, app)).end(null);
  const { grant: narrow } = await narrowGrant(broker, grant.id, target);
  assert.deepEqual(narrow.budget, { connections: 2 });
  assert.equal(budgetMeter(broker).get(narrow.id).connections, 1);
  const [permission] = exportGrants(broker, { page: "permissions" } as never).permissions;
  assert.deepEqual(permission?.budget, { connections: 2 });
});
