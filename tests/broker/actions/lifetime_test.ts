/** How long answers hold: revoked, run out, closed with the app, silenced, paused, restarted. @module */
import assert from "node:assert/strict";
import { answerRequest } from "../../../broker/actions/answer_request.ts";
import { askPermission, restContextId } from "../../../broker/actions/ask_permission.ts";
import { pauseApp } from "../../../broker/actions/pause_app.ts";
import { pendingRequests } from "../../../broker/actions/pending_requests.ts";
import { queryPermission } from "../../../broker/actions/query_permission.ts";
import { restoreGrant } from "../../../broker/actions/restore_grant.ts";
import { reviewToken } from "../../../broker/actions/review_token.ts";
import { revokeGrants } from "../../../broker/actions/revoke_grants.ts";
import { setMode } from "../../../broker/actions/set_mode.ts";
import { silenceApp } from "../../../broker/actions/silence_app.ts";
import { startBroker } from "../../../broker/actions/start_broker.ts";
import { uninstallApp } from "../../../broker/actions/uninstall_app.ts";
import { requestLifetimeMs } from "../../../broker/actions/watch_times.ts";
import type { App } from "../../../broker/schema/app.ts";
import type { Duration } from "../../../broker/schema/duration.ts";
import type { Session, SessionError } from "../../../broker/schema/session.ts";
import { type FakeBroker, fakeBroker, installedApp } from "../../fakes/fake_broker.ts";

const descriptor = { capability: "tcp-connect", target: "imap.example.com:993" } as const;
const ask = {
  ...descriptor,
  reason: null,
  userActivation: false,
  secureTransport: false,
  contextId: null,
};

async function running() {
  const broker = fakeBroker();
  const app = await installedApp(broker);
  const run = await startBroker(broker);
  return { broker, app, ...run };
}

async function allow(broker: FakeBroker, app: App, duration: Duration) {
  const { request } = await askPermission(broker, app, ask);
  assert.ok(request);
  const token = reviewToken(broker, request);
  const { grant } = await answerRequest(broker, request.id, {
    effect: "allow",
    duration,
    reviewToken: token,
  });
  assert.ok(grant);
  return grant;
}

/** A session that the app's permissions allow, and how it was cut. */
function openSession(broker: FakeBroker, app: App): { session: Session; cuts: SessionError[] } {
  const cuts: SessionError[] = [];
  const session: Session = {
    id: broker.secrets.newId("sess"),
    appId: app.id,
    contextId: broker.secrets.newId("ctx"),
    ...descriptor,
    addresses: ["93.184.216.34"],
    remoteAddress: "93.184.216.34",
    remotePort: 993,
    localAddress: "192.168.7.7",
    localPort: 40_000,
    secureTransport: false,
    ruleIds: [],
    openedAtMs: broker.clock.nowMs(),
    bytesSent: 0,
    bytesReceived: 0,
    closedAtMs: null,
    error: null,
  };
  broker.sessions.add({
    session,
    close: (error) => {
      cuts.push(error);
      broker.sessions.remove(session.id, error, broker.clock.nowMs());
    },
  });
  return { session, cuts };
}

const state = (broker: FakeBroker, app: App) => queryPermission(broker, app, descriptor).effect;

Deno.test("revoking closes what the grant alone allowed, and Undo brings the permission back", async () => {
  const { broker, app } = await running();
  const grant = await allow(broker, app, { kind: "always" });
  const { session, cuts } = openSession(broker, app);
  const result = await revokeGrants(broker, [grant.id]);
  assert.deepEqual(result, { revoked: [grant.id], closedSessions: [session.id] });
  assert.equal(cuts[0]?.code, "permission-ended");
  assert.equal(state(broker, app), "ask");

  const [entry] = (await broker.store.history({ limit: 5 })).filter(({ kind }) =>
    kind === "grant-revoked"
  );
  assert.ok(entry);
  await restoreGrant(broker, entry.seq);
  assert.equal(state(broker, app), "allow");
});

Deno.test("a session that another grant still allows stays open", async () => {
  const { broker, app } = await running();
  const first = await allow(broker, app, { kind: "always" });
  const wider = { ...first, id: broker.secrets.newId("grant"), target: "*.example.com:993" };
  await broker.store.commit({ puts: [{ noun: "grant", id: wider.id, record: wider }] });
  const { session, cuts } = openSession(broker, app);
  await revokeGrants(broker, [first.id]);
  assert.equal(cuts.length, 0);
  assert.deepEqual(session.ruleIds, [wider.id], "and says which");
});

Deno.test("an allowance for ten minutes ends after ten minutes, and cuts", async () => {
  const { broker, app } = await running();
  await allow(broker, app, { kind: "for", ms: 600_000 });
  const { cuts } = openSession(broker, app);
  await broker.clock.advance(599_999);
  assert.equal(cuts.length, 0);
  await broker.clock.advance(1);
  assert.equal(cuts[0]?.code, "permission-ended");
  assert.deepEqual([...broker.store.list("grant")], []);
});

Deno.test("until the app closes: thirty seconds after its last context", async () => {
  const { broker, app } = await running();
  broker.contexts.add(app.id, "ctx_a");
  broker.contexts.add(app.id, "ctx_b");
  await allow(broker, app, { kind: "until-app-closes" });
  broker.contexts.remove(app.id, "ctx_a");
  await broker.clock.advance(60_000);
  assert.equal(state(broker, app), "allow", "another context is open");
  broker.contexts.remove(app.id, "ctx_b");
  await broker.clock.advance(29_999);
  broker.contexts.add(app.id, "ctx_c");
  await broker.clock.advance(60_000);
  assert.equal(state(broker, app), "allow", "it came back in time");
  broker.contexts.remove(app.id, "ctx_c");
  await broker.clock.advance(30_000);
  assert.equal(state(broker, app), "ask");
});

Deno.test("a permission for once that an app without a context does not use ends after thirty seconds", async () => {
  const { broker, app } = await running();
  await allow(broker, app, { kind: "once" });
  await broker.clock.advance(29_999);
  assert.equal(state(broker, app), "allow");
  await broker.clock.advance(1);
  assert.equal(state(broker, app), "ask");
  await allow(broker, app, { kind: "once" });
  broker.contexts.add(app.id, "ctx_a");
  await broker.clock.advance(60_000);
  assert.equal(state(broker, app), "allow", "it has come to use it");
});

Deno.test("after a restart grants are there, pending requests are not, and an app has thirty seconds to come back", async () => {
  const { broker, app, stop } = await running();
  const always = await allow(broker, app, { kind: "always" });
  const other = { ...ask, target: "smtp.example.com:587" };
  const { request } = await askPermission(broker, app, other);
  assert.ok(request);
  const until = {
    ...always,
    id: broker.secrets.newId("grant"),
    target: "a.example.com:1",
    duration: { kind: "until-app-closes" } as const,
  };
  await broker.store.commit({ puts: [{ noun: "grant", id: until.id, record: until }] });
  broker.contexts.add(app.id, "ctx_a");
  await stop();

  const second: FakeBroker = {
    ...fakeBroker(),
    store: broker.store,
    clock: broker.clock,
    bootId: broker.secrets.newId("boot"),
  };
  await startBroker(second);
  assert.equal(state(second, app), "allow");
  assert.deepEqual(pendingRequests(second), []);
  assert.equal(second.store.get("request", request.id)?.record.outcome, "expired");
  await second.clock.advance(30_000);
  assert.deepEqual([...second.store.list("grant")].map(({ id }) => id), [always.id]);
});

Deno.test("a request that nobody answers expires after a day", async () => {
  const { broker, app } = await running();
  const { request } = await askPermission(broker, app, ask);
  assert.deepEqual(request?.contextIds, [restContextId]);
  await broker.clock.advance(requestLifetimeMs - 1);
  assert.equal(pendingRequests(broker).length, 1);
  await broker.clock.advance(1);
  assert.deepEqual(pendingRequests(broker), []);
});

Deno.test("pausing cuts what is open, resuming gives back what was granted", async () => {
  const { broker, app } = await running();
  await allow(broker, app, { kind: "always" });
  const { cuts } = openSession(broker, app);
  await pauseApp(broker, app.id, true);
  assert.equal(cuts.length, 1);
  assert.equal(state(broker, app), "deny");
  await pauseApp(broker, app.id, false);
  assert.equal(state(broker, app), "allow");
});

Deno.test("silencing ends what waits and keeps what is open; it ends by itself", async () => {
  const { broker, app } = await running();
  await allow(broker, app, { kind: "always" });
  const { cuts } = openSession(broker, app);
  const { request } = await askPermission(broker, app, { ...ask, target: "smtp.example.com:587" });
  assert.ok(request);
  await silenceApp(broker, app.id, { untilMs: broker.clock.nowMs() + 3_600_000 });
  await broker.clock.advance(0);
  assert.equal(broker.store.get("request", request.id)?.record.outcome, "silenced");
  assert.equal(cuts.length, 0);
  const again = () => askPermission(broker, app, { ...ask, target: "smtp.example.com:587" });
  assert.equal((await again()).decision.reason, "silenced");
  await broker.clock.advance(3_600_000);
  assert.equal((await again()).decision.effect, "ask");
});

Deno.test("what Quiet refuses is in the history once, and a flood does not fill it", async () => {
  const { broker, app } = await running();
  await setMode(broker, "quiet");
  const quieted = async () =>
    (await broker.store.history({ appId: app.id, limit: 200 }))
      .filter(({ kind }) => kind === "request-quieted").map(({ target }) => target);
  for (let n = 0; n < 3; n++) {
    assert.equal((await askPermission(broker, app, ask)).decision.reason, "quiet");
  }
  assert.deepEqual(await quieted(), [ask.target]);
  assert.deepEqual(pendingRequests(broker), []);
  for (let port = 1; port <= 100; port++) {
    await askPermission(broker, app, { ...ask, target: `flood.example.com:${port}` });
  }
  assert.equal((await quieted()).length, 50);
  await broker.clock.advance(3_600_000);
  await askPermission(broker, app, ask);
  assert.equal((await quieted()).length, 51, "an hour later it is news again");
});

Deno.test("lockdown cuts everything, quiet only refuses questions", async () => {
  const { broker, app } = await running();
  await allow(broker, app, { kind: "always" });
  const { cuts } = openSession(broker, app);
  await setMode(broker, "quiet");
  assert.equal(cuts.length, 0);
  await setMode(broker, "lockdown");
  assert.equal(cuts.length, 1);
  await setMode(broker, "ask");
  assert.equal(state(broker, app), "allow");
});

Deno.test("a policy that comes to forbid cuts what is open and ends what waits", async () => {
  const { broker, app } = await running();
  await allow(broker, app, { kind: "always" });
  const { cuts } = openSession(broker, app);
  const { request } = await askPermission(broker, app, { ...ask, target: "smtp.example.com:587" });
  assert.ok(request);
  const id = "policy.rules[0]";
  broker.policy.replace({
    rules: [{
      id,
      effect: "deny",
      apps: ["*"],
      capabilities: ["*"],
      targets: ["*:*"],
      except: [],
      reason: null,
    }],
  });
  await broker.clock.advance(0);
  assert.equal(cuts.length, 1);
  assert.equal(broker.store.get("request", request.id)?.record.outcome, "blocked-by-policy");
});

Deno.test("uninstalling takes everything but the history", async () => {
  const { broker, app } = await running();
  const grant = await allow(broker, app, { kind: "always" });
  const { session, cuts } = openSession(broker, app);
  await askPermission(broker, app, { ...ask, target: "smtp.example.com:587" });
  const result = await uninstallApp(broker, app.id, "person");
  assert.deepEqual(result, { revoked: [grant.id], closedSessions: [session.id] });
  assert.equal(cuts.length, 1);
  for (const noun of ["app", "grant", "request"] as const) {
    assert.deepEqual([...broker.store.list(noun)], []);
  }
  const history = await broker.store.history({ appId: app.id, limit: 100 });
  assert.ok(history.some(({ kind, appName }) => kind === "app-uninstalled" && appName === "Mail"));
});
