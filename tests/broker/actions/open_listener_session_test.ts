/** Opening TCP listeners: who is asked, what is bound, what accepted connections are, and what ends them. @module */
import assert from "node:assert/strict";
import { answerRequest } from "../../../broker/actions/answer_request.ts";
import type { ListenerAsk } from "../../../broker/actions/listener_session.ts";
import { openListenerSession } from "../../../broker/actions/open_listener_session.ts";
import { pendingRequests } from "../../../broker/actions/pending_requests.ts";
import { ConnectError } from "../../../broker/actions/ports.ts";
import { reviewToken } from "../../../broker/actions/review_token.ts";
import { revokeGrants } from "../../../broker/actions/revoke_grants.ts";
import { startBroker } from "../../../broker/actions/start_broker.ts";
import type { PolicyRule } from "../../../broker/core/policy.ts";
import type { App } from "../../../broker/schema/app.ts";
import type { Duration } from "../../../broker/schema/duration.ts";
import type { SessionError } from "../../../broker/schema/session.ts";
import { type FakeBroker, fakeBroker, installedApp } from "../../fakes/fake_broker.ts";
import { settle } from "../../fakes/fake_clock.ts";
import { fakeId } from "../../fakes/fake_secrets.ts";

const ask: ListenerAsk = {
  contextId: fakeId("ctx", 99),
  localAddress: "127.0.0.1",
  localPort: null,
  ipv6Only: false,
  reason: "Let friends join",
  userActivation: true,
};

function open(broker: FakeBroker, app: App, more: Partial<ListenerAsk> = {}) {
  const cuts: SessionError[] = [];
  const abort = new AbortController();
  const opened = openListenerSession(broker, app.id, { ...ask, ...more }, {
    signal: abort.signal,
    onWaiting: () => {},
    onCut: (error) => cuts.push(error),
  });
  opened.catch(() => {});
  return { opened, cuts, abort };
}

async function errorOf(opened: Promise<unknown>): Promise<SessionError> {
  const fault = await opened.then(() => assert.fail("It opened."), (fault: unknown) => fault);
  assert.ok(fault instanceof ConnectError, String(fault));
  return fault.error;
}

async function allow(broker: FakeBroker, duration: Duration = { kind: "always" }) {
  await settle();
  const [request] = pendingRequests(broker);
  assert.ok(request, "a request is pending");
  const token = reviewToken(broker, request);
  await answerRequest(broker, request.id, { effect: "allow", duration, reviewToken: token });
  return request;
}

async function running() {
  const broker = fakeBroker();
  const app = await installedApp(broker);
  const { stop } = await startBroker(broker);
  return { broker, app, stop };
}

async function listening(more: Partial<ListenerAsk> = {}, duration?: Duration) {
  const { broker, app, stop } = await running();
  const { opened, cuts } = open(broker, app, more);
  await allow(broker, duration);
  const session = await opened;
  const listener = broker.binder.listeners.at(-1);
  assert.ok(listener);
  const accept = async () => {
    const connectionCuts: SessionError[] = [];
    const accepted = await session.accept({ onCut: (error) => void connectionCuts.push(error) });
    assert.ok(accepted, "a connection is accepted");
    return { ...accepted, cuts: connectionCuts };
  };
  return { broker, app, stop, session, listener, cuts, accept };
}

Deno.test("a listener waits for the person, then binds the address that was decided on", async () => {
  const { broker, app } = await running();
  const { opened } = open(broker, app, { localPort: 40_001, backlog: 5, ipv6Only: false });
  const request = await allow(broker);
  assert.equal(request.capability, "tcp-listen");
  assert.equal(request.target, "127.0.0.1:40001");
  const { session, listener } = await opened;
  assert.deepEqual(listener.local, { address: "127.0.0.1", port: 40_001 });
  assert.deepEqual(broker.binder.listeners[0]?.options, { backlog: 5, ipv6Only: false });
  const { remoteAddress, remotePort, localAddress, localPort, capability } = session;
  assert.deepEqual(
    [remoteAddress, remotePort, localAddress, localPort, capability],
    [null, null, "127.0.0.1", 40_001, "tcp-listen"],
  );
  const [entry] = await broker.store.history({ limit: 1 });
  assert.equal(entry?.message, "Listening on 127.0.0.1:40001.");
});

Deno.test("without a port the range is asked about, and what the system chooses is kept within it", async () => {
  const { broker, app } = await running();
  broker.binder.nextPorts.push(20_000, 8737, 45_000);
  const { opened } = open(broker, app);
  const request = await allow(broker);
  assert.equal(request.target, "127.0.0.1:32768-65535");
  assert.equal((await opened).session.localPort, 45_000);
  assert.deepEqual(broker.binder.listeners.map(({ closed }) => closed), [true, true, false]);
});

Deno.test("a port of the broker that lies in the range is not taken", async () => {
  const { broker, app } = await running();
  const own = { ...broker, machine: { ...broker.machine, brokerPorts: [40_000] } };
  own.binder.nextPorts.push(40_000, 40_002);
  const { opened } = open(own, app);
  await allow(own);
  assert.equal((await opened).session.localPort, 40_002);
});

Deno.test("what is refused, and with which code; nothing is bound then", async () => {
  const { broker, app } = await running();
  const rows: [Partial<ListenerAsk>, string, RegExp][] = [
    [{ localPort: 8737 }, "denied", /a port of Gatehouse itself/],
    [{ localAddress: "0.0.0.0", localPort: 8737 }, "denied", /a port of Gatehouse itself/],
    [{ localAddress: "localhost" }, "invalid-target", /Listen on an address/],
    [{ localAddress: "not an address" }, "invalid-target", /host/],
  ];
  for (const [more, code, message] of rows) {
    const error = await errorOf(open(broker, app, more).opened);
    assert.equal(error.code, code);
    assert.equal(error.phase, "policy");
    assert.match(error.message, message);
  }
  assert.equal(broker.binder.listeners.length, 0);
  assert.equal(pendingRequests(broker).length, 0);
});

Deno.test("policy may allow a port below 32768 without asking, and deny listening altogether", async () => {
  const { broker, app } = await running();
  const rule = (effect: "allow" | "deny", targets: string[]): PolicyRule => ({
    id: "policy.rules[0]",
    effect,
    apps: ["*"],
    capabilities: ["tcp-listen"],
    targets,
    except: [],
    reason: null,
  });
  broker.policy.replace({ rules: [rule("allow", ["127.0.0.1:8080"])] });
  const { session } = await open(broker, app, { localPort: 8080 }).opened;
  assert.equal(session.localPort, 8080);
  broker.policy.replace({ rules: [rule("deny", ["*:*"])] });
  assert.equal(session.error?.code, "permission-ended");
  assert.equal((await errorOf(open(broker, app).opened)).code, "denied");
});

Deno.test("an address that can't be bound is told, and counts for nothing", async () => {
  const { broker, app } = await running();
  const { opened } = open(broker, app);
  broker.binder.failure = { code: "address-in-use", phase: "connect", message: "In use." };
  await allow(broker, { kind: "once" });
  assert.equal((await errorOf(opened)).code, "address-in-use");
  assert.equal(broker.sessions.size, 0);
  broker.binder.failure = null;
  await open(broker, app).opened;
});

Deno.test("each accepted connection is a session of its own under the listener's permission", async () => {
  const { broker, session, listener, accept } = await listening();
  listener.connect({ address: "198.51.100.7", port: 50_001 });
  const { session: accepted, connection } = await accept();
  assert.equal(broker.sessions.size, 2);
  assert.equal(accepted.listenerId, session.session.id);
  assert.deepEqual(accepted.ruleIds, session.session.ruleIds);
  assert.deepEqual([accepted.remoteAddress, accepted.remotePort], ["198.51.100.7", 50_001]);
  assert.deepEqual(connection.remote, { address: "198.51.100.7", port: 50_001 });
  const [entry] = await broker.store.history({ limit: 1 });
  assert.equal(entry?.message, "Accepted a connection to 127.0.0.1:50000.");
});

Deno.test("a revoke cuts the listener and what it accepted, with the reason", async () => {
  const { broker, session, listener, accept, cuts } = await listening();
  const first = listener.connect();
  const accepted = await accept();
  const waiting = session.accept({ onCut: () => {} });
  const { closedSessions } = await revokeGrants(broker, session.session.ruleIds as never);
  assert.equal(closedSessions.length, 2);
  assert.equal(cuts[0]?.code, "permission-ended");
  assert.equal(accepted.cuts[0]?.code, "permission-ended");
  assert.ok(listener.closed && first.closed);
  assert.equal(await waiting, null);
  assert.equal(broker.sessions.size, 0);
});

Deno.test("closing the listener leaves what it accepted", async () => {
  const { broker, session, listener, accept } = await listening();
  const first = listener.connect();
  const accepted = await accept();
  session.end(null);
  assert.equal(await session.accept({ onCut: () => {} }), null);
  assert.ok(!first.closed);
  assert.equal(broker.sessions.size, 1);
  accepted.end(null);
  assert.equal(broker.sessions.size, 0);
});

Deno.test("a once-only permission serves one listener and all that it accepts, and ends with the last of them", async () => {
  const { broker, app, session, listener, accept } = await listening({}, { kind: "once" });
  listener.connect();
  listener.connect();
  const one = await accept();
  const two = await accept();
  const grants = () => [...broker.store.list("grant")].length;
  session.end(null);
  one.end(null);
  await settle();
  assert.equal(two.cuts.length, 0);
  assert.equal(grants(), 1);
  const again = open(broker, app);
  await settle();
  assert.equal(pendingRequests(broker).length, 1, "it is spent for others");
  again.abort.abort();
  two.end(null);
  await settle();
  assert.equal(grants(), 0);
});

Deno.test("a connection beyond the limits waits for room, and is closed when the listener is", async () => {
  const { broker, session, listener, accept } = await listening();
  broker.policy.replace({ limits: { loopback: { concurrent: 2 } } });
  listener.connect();
  const one = await accept();
  const beyond = listener.connect();
  const waiting = session.accept({ onCut: () => {} });
  await broker.clock.advance(3000);
  assert.equal(broker.sessions.size, 2);
  one.end(null);
  await broker.clock.advance(1000);
  assert.equal((await waiting)?.connection, beyond);
  const last = listener.connect();
  const neverMind = session.accept({ onCut: () => {} });
  await settle();
  session.end(null);
  assert.equal(await neverMind, null);
  assert.ok(last.closed);
});

Deno.test("what comes while its permission ends is closed, not handed over", async () => {
  const { broker, session, listener } = await listening();
  const accepting = session.accept({ onCut: () => {} });
  const late = listener.connect();
  const revoked = revokeGrants(broker, session.session.ruleIds as never);
  const accepted = await accepting;
  await revoked;
  accepted?.end(null);
  assert.ok(late.closed);
  assert.equal(broker.sessions.size, 0);
});
