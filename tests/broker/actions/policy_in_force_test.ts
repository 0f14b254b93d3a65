/** What a policy does to a running broker: durations, installations, encryption, limits, open sessions, history. @module */
import assert from "node:assert/strict";
import { ActionError } from "../../../broker/actions/action_error.ts";
import { answerRequest } from "../../../broker/actions/answer_request.ts";
import { askPermission } from "../../../broker/actions/ask_permission.ts";
import { currentRateLimits } from "../../../broker/actions/current_rate_limits.ts";
import { dashboardSnapshot } from "../../../broker/actions/dashboard_snapshot.ts";
import { openTcpSession } from "../../../broker/actions/open_tcp_session.ts";
import { ownApp } from "../../../broker/actions/own_app.ts";
import { ConnectError } from "../../../broker/actions/ports.ts";
import { registerApp } from "../../../broker/actions/register_app.ts";
import { reviewToken } from "../../../broker/actions/review_token.ts";
import { startBroker } from "../../../broker/actions/start_broker.ts";
import { defaultRateLimits } from "../../../broker/core/rate_limits.ts";
import type { App } from "../../../broker/schema/app.ts";
import type { Duration } from "../../../broker/schema/duration.ts";
import type { GrantEffect } from "../../../broker/schema/grant.ts";
import type { SessionError } from "../../../broker/schema/session.ts";
import { type FakeBroker, fakeBroker, installedApp } from "../../fakes/fake_broker.ts";

const hourMs = 3_600_000;
const target = "imap.example.com:993";

async function answer(
  broker: FakeBroker,
  app: App,
  duration: Duration,
  effect: GrantEffect = "allow",
) {
  const { request } = await askPermission(broker, app, {
    capability: "tcp-connect",
    target,
    reason: null,
    userActivation: true,
    secureTransport: false,
    contextId: null,
  });
  assert.ok(request);
  const token = reviewToken(broker, request);
  return await answerRequest(broker, request.id, { effect, duration, reviewToken: token });
}

async function open(broker: FakeBroker, app: App) {
  broker.resolver.addresses.set("imap.example.com", ["93.184.216.34"]);
  const cuts: SessionError[] = [];
  const opened = await openTcpSession(broker, app.id, {
    contextId: broker.secrets.newId("ctx"),
    remoteAddress: "imap.example.com",
    remotePort: 993,
    noDelay: false,
    keepAlive: false,
    reason: null,
    userActivation: true,
  }, {
    signal: new AbortController().signal,
    onWaiting: () => {},
    onCut: (error) => cuts.push(error),
  });
  return { opened, cuts };
}

const durations: [Duration, allowed: boolean][] = [
  [{ kind: "once" }, true],
  [{ kind: "until-app-closes" }, true],
  [{ kind: "for", ms: hourMs }, true],
  [{ kind: "for", ms: hourMs + 1 }, false],
  [{ kind: "until", atMs: Date.UTC(2026, 0, 1) + hourMs }, true],
  [{ kind: "until", atMs: Date.UTC(2026, 0, 1) + hourMs + 1 }, false],
  [{ kind: "always" }, false],
];

for (const [duration, allowed] of durations) {
  Deno.test(`under a longest duration of 1 h: ${JSON.stringify(duration)}`, async () => {
    const broker = fakeBroker();
    const app = await installedApp(broker);
    broker.policy.replace({ durations: { longestMs: hourMs } });
    const answering = answer(broker, app, duration);
    if (!allowed) {
      await assert.rejects(answering, (fault) => {
        assert.ok(fault instanceof ActionError);
        assert.equal(fault.type, "duration-not-allowed");
        assert.match(fault.message, /60 minutes at most/);
        return true;
      });
      return;
    }
    const { grant } = await answering;
    assert.equal(grant?.expiresAtMs, broker.clock.nowMs() + hourMs, "even what has no end has one");
  });
}

Deno.test("a denial may hold longer than policy lets an Allow hold", async () => {
  const broker = fakeBroker();
  const app = await installedApp(broker);
  broker.policy.replace({ durations: { longestMs: hourMs } });
  const { grant } = await answer(broker, app, { kind: "always" }, "deny");
  assert.equal(grant?.expiresAtMs, null);
});

Deno.test("a policy that comes later ends what was allowed for longer, in its time", async () => {
  const broker = fakeBroker();
  const app = await installedApp(broker);
  const run = await startBroker(broker);
  const { grant } = await answer(broker, app, { kind: "always" });
  const { cuts } = await open(broker, app);
  broker.policy.replace({ durations: { longestMs: hourMs } });
  await broker.clock.advance(hourMs - 1);
  assert.deepEqual(cuts, []);
  await broker.clock.advance(1);
  assert.deepEqual(cuts.map(({ code }) => code), ["permission-ended"]);
  assert.ok(broker.store.get("grant", grant?.id ?? ""), "kept, for the policy may change again");
  await run.stop();
});

Deno.test("the dashboard is told how long an Allow may hold", async () => {
  const broker = fakeBroker();
  assert.equal((await dashboardSnapshot(broker)).longestDurationMs, null);
  broker.policy.replace({ durations: { longestMs: hourMs } });
  assert.equal((await dashboardSnapshot(broker)).longestDurationMs, hourMs);
});

const mail = { origin: "https://mail.example.com", name: "Mail", token: null };
const forced = { apps: { forceInstalled: ["https://mail.example.com"], blocked: [] } };

Deno.test("an app that policy installs waits for nobody", async () => {
  const broker = fakeBroker();
  broker.policy.replace({ managedBy: "Contoso", ...forced });
  const { app, credential } = await registerApp(broker, mail);
  assert.equal(ownApp(app, credential).state, "installed");
  const [entry] = await broker.store.history({ limit: 1 });
  assert.deepEqual([entry?.kind, entry?.actor], ["app-installed", "organisation"]);
  assert.equal(entry?.message, "Contoso installed Mail.");

  const second = await registerApp(broker, mail);
  assert.equal(ownApp(second.app, second.credential).state, "installed", "another browser, too");
  const other = await registerApp(broker, { ...mail, origin: "https://other.example" });
  assert.equal(ownApp(other.app, other.credential).state, "pending-installation");
});

Deno.test("an app that waits is installed when a policy installs it; not when it blocks it, too", async () => {
  const broker = fakeBroker();
  const run = await startBroker(broker);
  const { app } = await registerApp(broker, mail);
  const state = () => broker.store.get("app", app.id)?.record.state;
  broker.policy.replace({ apps: { ...forced.apps, blocked: ["*"] } });
  await broker.clock.advance(0);
  assert.equal(state(), "pending-installation");
  broker.policy.replace(forced);
  await broker.clock.advance(0);
  assert.equal(state(), "installed");
  await run.stop();
});

Deno.test("a policy that requires encryption ends what is plain, and keeps it from opening", async () => {
  const broker = fakeBroker();
  const app = await installedApp(broker);
  const run = await startBroker(broker);
  await answer(broker, app, { kind: "always" });
  const { cuts } = await open(broker, app);
  broker.policy.replace({ managedBy: "Contoso", requireTls: true });
  assert.match(cuts[0]?.message ?? "", /Contoso requires encrypted connections/);
  await assert.rejects(() => open(broker, app), ConnectError);
  await run.stop();
});

Deno.test("limits of a policy stand in for the built-in ones", () => {
  const broker = fakeBroker();
  broker.policy.replace({ limits: { target: { perMinute: 3 } } });
  assert.deepEqual(currentRateLimits(broker), {
    ...defaultRateLimits,
    target: { ...defaultRateLimits.target, perMinute: 3 },
  });
});

Deno.test("what comes into force and what is rejected stands in the history", async () => {
  const broker = fakeBroker();
  const run = await startBroker(broker);
  broker.policy.tell({ path: "/etc/gatehouse.json" });
  broker.policy.replace({ managedBy: "Contoso" });
  broker.policy.tell({ problem: "line 1, column 1: This is not JSON: value expected." });
  broker.policy.tell({ problem: null });
  await broker.clock.advance(0);
  const entries = await broker.store.history({ limit: 9 });
  const [rejected, loaded] = entries.filter(({ kind }) => kind.startsWith("policy"));
  assert.equal(loaded?.message, "A policy from /etc/gatehouse.json is in force, with 0 rules.");
  assert.equal(rejected?.kind, "policy-rejected");
  assert.match(rejected?.message ?? "", /the policy before it stays in force\. line 1, column 1/);
  assert.equal(entries.filter(({ kind }) => kind.startsWith("policy")).length, 2);
  await run.stop();
});
