/** Floods of requests: one card for many, one answer for those listed, few notifications, and an end to it. @module */
import assert from "node:assert/strict";
import { answerRequests } from "../../../broker/actions/answer_requests.ts";
import { askPermission } from "../../../broker/actions/ask_permission.ts";
import { dashboardSnapshot } from "../../../broker/actions/dashboard_snapshot.ts";
import { leaveBroker } from "../../../broker/actions/leave_broker.ts";
import { pendingRequests } from "../../../broker/actions/pending_requests.ts";
import { queryPermission } from "../../../broker/actions/query_permission.ts";
import { registerApp } from "../../../broker/actions/register_app.ts";
import { requestView } from "../../../broker/actions/request_view.ts";
import { silenceApp } from "../../../broker/actions/silence_app.ts";
import { startBroker } from "../../../broker/actions/start_broker.ts";
import { withdrawRequest } from "../../../broker/actions/withdraw_request.ts";
import {
  maxEndedPerApp,
  maxPendingInAll,
  maxPendingPerApp,
} from "../../../broker/core/request_limits.ts";
import type { App } from "../../../broker/schema/app.ts";
import { type FakeBroker, fakeBroker, installedApp } from "../../fakes/fake_broker.ts";

async function running() {
  const broker = fakeBroker();
  const app = await installedApp(broker);
  await startBroker(broker);
  return { broker, app };
}

function ask(broker: FakeBroker, app: App, target: string, userActivation = false) {
  return askPermission(broker, app, {
    capability: "tcp-connect",
    target,
    reason: null,
    userActivation,
    secureTransport: false,
    contextId: null,
  });
}

async function flood(broker: FakeBroker, app: App, count: number) {
  for (let n = 0; n < count; n++) await ask(broker, app, `host${n}.example.com:993`);
  return pendingRequests(broker, app.id);
}

const listed = (broker: FakeBroker, app: App) =>
  pendingRequests(broker, app.id).map((request) => ({
    id: request.id,
    reviewToken: requestView(broker, request).reviewToken,
  }));

Deno.test("five targets within a minute make one card", async () => {
  const { broker, app } = await running();
  await flood(broker, app, 4);
  assert.deepEqual((await dashboardSnapshot(broker)).summaries, []);
  const pending = await flood(broker, app, 5);
  const { summaries } = await dashboardSnapshot(broker);
  assert.deepEqual(summaries, [{ appId: app.id, requestIds: pending.map(({ id }) => id) }]);
});

Deno.test("all that is listed is answered, each for exactly what it asks, and nothing else", async () => {
  const { broker, app } = await running();
  const pending = await flood(broker, app, 6);
  const requests = listed(broker, app).slice(0, 5);
  const duration = { kind: "always" } as const;
  const { answered, failed } = await answerRequests(broker, {
    effect: "allow",
    duration,
    requests,
  });
  assert.deepEqual(failed, []);
  assert.deepEqual(
    answered.map(({ grant }) => grant?.target),
    pending.slice(0, 5).map(({ target }) => target),
  );
  assert.deepEqual(pendingRequests(broker), pending.slice(5));
  const other = { capability: "tcp-connect", target: "host9.example.com:993" } as const;
  assert.equal(queryPermission(broker, app, other).effect, "ask");
});

Deno.test("what ended or changed meanwhile is told apart", async () => {
  const { broker, app } = await running();
  const [first] = await flood(broker, app, 3);
  const requests = listed(broker, app);
  assert.ok(first && requests[1]);
  await withdrawRequest(broker, first.id);
  requests[1].reviewToken = "of another time";
  const duration = { kind: "once" } as const;
  const { answered, failed } = await answerRequests(broker, { effect: "deny", duration, requests });
  assert.deepEqual(failed.map(({ type }) => type), ["request-ended", "stale-review"]);
  assert.equal(answered.length, 1);
});

Deno.test("silencing the app ends the flood", async () => {
  const { broker, app } = await running();
  await flood(broker, app, 10);
  await silenceApp(broker, app.id, { untilMs: null });
  await broker.clock.advance(0);
  assert.deepEqual(pendingRequests(broker), []);
  assert.equal((await ask(broker, app, "host99.example.com:993")).decision.reason, "silenced");
});

Deno.test("fifty requests of one app wait, five hundred in all; one that waits may be repeated", async () => {
  const { broker, app } = await running();
  await flood(broker, app, maxPendingPerApp);
  const beyond = await ask(broker, app, "one-more.example.com:993");
  assert.equal(beyond.decision.reason, "limit");
  assert.equal(beyond.request, null);
  assert.equal((await ask(broker, app, "host0.example.com:993")).request?.count, 2);
  for (let n = 1; n < maxPendingInAll / maxPendingPerApp; n++) {
    const other = await installedApp(broker, { origin: `https://app${n}.example` });
    await flood(broker, other, maxPendingPerApp);
  }
  const last = await installedApp(broker, { origin: "https://last.example" });
  assert.equal((await ask(broker, last, "host.example.com:993")).decision.reason, "limit");
  assert.equal(pendingRequests(broker).length, maxPendingInAll);
});

Deno.test("an app notifies once a minute, and never without the person's click", async () => {
  const { broker, app } = await running();
  const notified = async (target: string, userActivation: boolean) => {
    const { request } = await ask(broker, app, target, userActivation);
    assert.ok(request);
    return requestView(broker, request).notifiedAtMs === broker.clock.nowMs();
  };
  assert.equal(await notified("a.example.com:1", false), false, "held back from the foreground");
  assert.equal(await notified("b.example.com:1", true), true);
  assert.equal(await notified("c.example.com:1", true), false, "too soon");
  await broker.clock.advance(60_000);
  assert.equal(await notified("d.example.com:1", true), true);
  await broker.clock.advance(60_000);
  assert.equal(await notified("a.example.com:1", true), true, "the first one, now with a click");
});

Deno.test("asking and withdrawing over and over leaves little behind", async () => {
  const { broker, app } = await running();
  const times = 400;
  for (let n = 0; n < times; n++) {
    const { request } = await ask(broker, app, `host${n % 2 === 0 ? 0 : n}.example.com:993`);
    assert.ok(request, `${n}`);
    await withdrawRequest(broker, request.id);
    assert.equal(broker.store.get("request", request.id)?.record.outcome, "withdrawn");
    await broker.clock.advance(100);
  }
  assert.ok(broker.store.list("request").length <= maxEndedPerApp + 1, "ended requests are few");
  const history = await broker.store.history({ appId: app.id, limit: times });
  const ends = history.filter(({ kind }) => kind === "request-ended");
  assert.ok(ends.length > 0 && ends.length <= 50, `${ends.length} lines of history`);
});

Deno.test("registering and leaving over and over fills no history", async () => {
  const broker = fakeBroker();
  for (let n = 0; n < 200; n++) {
    const origin = `https://a${n}.example`;
    const { app, credential } = await registerApp(broker, { origin, name: "Flood", token: null });
    await leaveBroker(broker, { app, credential });
  }
  assert.deepEqual(broker.store.list("app"), []);
  const history = await broker.store.history({ limit: 1000 });
  assert.ok(history.length > 0 && history.length <= 50, `${history.length} lines of history`);
});
