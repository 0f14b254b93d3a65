/** Opening TCP sockets: who is asked, what is looked up, what is dialed, and what is registered. @module */
import assert from "node:assert/strict";
import { answerRequest } from "../../../broker/actions/answer_request.ts";
import { openTcpSession } from "../../../broker/actions/open_tcp_session.ts";
import type { TcpAsk } from "../../../broker/actions/tcp_session.ts";
import { pendingRequests } from "../../../broker/actions/pending_requests.ts";
import { ConnectError, StoreUnavailableError } from "../../../broker/actions/ports.ts";
import { reviewToken } from "../../../broker/actions/review_token.ts";
import { revokeGrants } from "../../../broker/actions/revoke_grants.ts";
import { startBroker } from "../../../broker/actions/start_broker.ts";
import { uninstallApp } from "../../../broker/actions/uninstall_app.ts";
import type { App } from "../../../broker/schema/app.ts";
import type { Duration } from "../../../broker/schema/duration.ts";
import type { SessionError } from "../../../broker/schema/session.ts";
import { type FakeBroker, fakeBroker, installedApp } from "../../fakes/fake_broker.ts";
import { fakeId } from "../../fakes/fake_secrets.ts";

const ask: TcpAsk = {
  contextId: fakeId("ctx", 99),
  remoteAddress: "IMAP.example.com.",
  remotePort: 993,
  noDelay: true,
  keepAlive: false,
  reason: "Check your inbox",
  userActivation: true,
};

interface Attempt {
  opened: ReturnType<typeof openTcpSession>;
  /** The error that the attempt ended with. */
  failure: Promise<SessionError>;
  waiting: string[];
  cuts: SessionError[];
  abort: AbortController;
  /** Resolves when the person is asked. */
  asked: Promise<void>;
}

function open(broker: FakeBroker, app: App, more: Partial<TcpAsk> = {}): Attempt {
  const abort = new AbortController();
  const waiting: string[] = [];
  const cuts: SessionError[] = [];
  const asked = Promise.withResolvers<void>();
  const opened = openTcpSession(broker, app.id, { ...ask, ...more }, {
    signal: abort.signal,
    onWaiting: (id) => {
      waiting.push(id);
      asked.resolve();
    },
    onCut: (error) => cuts.push(error),
  });
  const failure = opened.then(
    () => Promise.reject(new Error("It opened.")),
    (fault) => {
      assert.ok(fault instanceof ConnectError, String(fault));
      return fault.error;
    },
  );
  failure.catch(() => {});
  return { opened, failure, waiting, cuts, abort, asked: asked.promise };
}

async function answer(
  broker: FakeBroker,
  effect: "allow" | "deny",
  duration: Duration = { kind: "always" },
) {
  const [request] = pendingRequests(broker);
  assert.ok(request, "a request is pending");
  const token = reviewToken(broker, request);
  return await answerRequest(broker, request.id, { effect, duration, reviewToken: token });
}

async function running() {
  const broker = fakeBroker();
  broker.resolver.addresses.set("imap.example.com", ["93.184.216.34"]);
  const app = await installedApp(broker);
  const { stop } = await startBroker(broker);
  return { broker, app, stop };
}

Deno.test("a socket waits for the person, then opens to the address that was decided on", async () => {
  const { broker, app } = await running();
  const attempt = open(broker, app);
  await attempt.asked;
  assert.deepEqual(broker.resolver.asked, [], "no name is looked up before it is allowed");
  const [request] = pendingRequests(broker);
  assert.equal(request?.target, "imap.example.com:993");
  assert.deepEqual(attempt.waiting, [request?.id]);

  await answer(broker, "allow");
  const { session } = await attempt.opened;
  assert.deepEqual(broker.resolver.asked, ["imap.example.com"], "looked up once");
  assert.deepEqual(broker.dialer.dialed, [{ addresses: ["93.184.216.34"], port: 993 }]);
  assert.equal(session.remoteAddress, "93.184.216.34");
  assert.equal(broker.sessions.size, 1);
  assert.deepEqual(pendingRequests(broker), []);
});

Deno.test("a live grant opens at once, without a further question", async () => {
  const { broker, app } = await running();
  const first = open(broker, app);
  await first.asked;
  await answer(broker, "allow");
  await first.opened;
  const second = open(broker, app);
  await second.opened;
  assert.deepEqual(second.waiting, []);
});

Deno.test("equal questions share one request, and one answer serves all", async () => {
  const { broker, app } = await running();
  const attempts = Array.from({ length: 60 }, () => open(broker, app));
  await Promise.all(attempts.map(({ asked }) => asked));
  assert.equal(pendingRequests(broker).length, 1);
  assert.equal(pendingRequests(broker)[0]?.count, 60);
  await answer(broker, "allow");
  await Promise.all(attempts.map(({ opened }) => opened));
  assert.equal(broker.sessions.size, 60);
});

Deno.test("once is one connection: the second of two asks again", async () => {
  const { broker, app } = await running();
  const attempts = [open(broker, app), open(broker, app)];
  await Promise.all(attempts.map(({ asked }) => asked));
  await answer(broker, "allow", { kind: "once" });
  const { end } = await Promise.any(attempts.map(({ opened }) => opened));
  await broker.clock.advance(0);
  assert.equal(broker.sessions.size, 1);
  assert.equal(pendingRequests(broker).length, 1, "the other one asks");

  end(null);
  await broker.clock.advance(0);
  assert.deepEqual([...broker.store.list("grant")], [], "the used grant is gone with its session");
  await answer(broker, "deny", { kind: "once" });
  const denied = attempts.map(({ opened }) => opened.then(() => null, (fault) => fault.error.code));
  assert.deepEqual((await Promise.all(denied)).sort(), ["denied", null]);
});

Deno.test("once is one connection, also for one that was dialing when another used it up", async () => {
  const { broker, app } = await running();
  const dials: PromiseWithResolvers<void>[] = [];
  const dialing = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  broker.dialer.beforeConnecting = () => {
    const dial = Promise.withResolvers<void>();
    dialing[dials.push(dial) - 1]?.resolve();
    return dial.promise;
  };
  const attempts = [open(broker, app), open(broker, app)];
  await Promise.all(attempts.map(({ asked }) => asked));
  await answer(broker, "allow", { kind: "once" });
  await Promise.all(dialing.map(({ promise }) => promise));
  dials[0]?.resolve();
  const { session } = await Promise.any(attempts.map(({ opened }) => opened));
  dials[1]?.resolve();
  await broker.clock.advance(0);
  assert.deepEqual(broker.sessions.list().map((live) => live.session.id), [session.id]);
  assert.deepEqual(attempts.flatMap(({ cuts }) => cuts), [], "the first one goes on");
  assert.equal(broker.dialer.connections[1]?.closed, true);
  assert.equal(pendingRequests(broker).length, 1, "the other one asks");
  for (const { abort } of attempts) abort.abort();
});

Deno.test("a connection whose once can't be used up, as the disk is full, is closed", async () => {
  const { broker, app } = await running();
  broker.dialer.beforeConnecting = () => {
    broker.store.unavailableBecause = "The disk is full.";
  };
  const attempt = open(broker, app);
  await attempt.asked;
  await answer(broker, "allow", { kind: "once" });
  await assert.rejects(attempt.opened, StoreUnavailableError);
  assert.equal(broker.dialer.connections[0]?.closed, true);
  assert.equal(broker.sessions.size, 0);
});

Deno.test("a denial ends the attempt, and a kept denial the next one too", async () => {
  const { broker, app } = await running();
  const first = open(broker, app);
  await first.asked;
  const { grant } = await answer(broker, "deny", { kind: "for", ms: 600_000 });
  assert.equal(grant?.effect, "deny");
  assert.equal((await first.failure).phase, "policy");
  assert.equal((await first.failure).code, "denied");
  const second = open(broker, app);
  assert.equal((await second.failure).code, "denied");
  assert.deepEqual(second.waiting, []);
  assert.deepEqual(broker.dialer.dialed, []);
});

Deno.test("a name that leads into the local network is refused after it is allowed", async () => {
  const { broker, app } = await running();
  broker.resolver.addresses.set("imap.example.com", ["93.184.216.34", "192.168.1.20"]);
  const attempt = open(broker, app);
  await attempt.asked;
  await answer(broker, "allow");
  assert.equal((await attempt.failure).code, "denied");
  assert.deepEqual(broker.dialer.dialed, []);
});

Deno.test("a connection that leads elsewhere is closed", async () => {
  const { broker, app } = await running();
  broker.dialer.leadsTo = "10.0.0.1";
  const attempt = open(broker, app);
  await attempt.asked;
  await answer(broker, "allow");
  assert.equal((await attempt.failure).code, "internal-error");
  assert.equal(broker.dialer.connections[0]?.closed, true);
  assert.equal(broker.sessions.size, 0);
});

Deno.test("a grant revoked between decision and registration opens nothing", async () => {
  const { broker, app } = await running();
  broker.dialer.beforeConnecting = async () => {
    const grants = [...broker.store.list("grant")].map(({ id }) => id);
    if (grants.length > 0) await revokeGrants(broker, grants);
  };
  const attempt = open(broker, app);
  await attempt.asked;
  await answer(broker, "allow");
  await broker.clock.advance(0);
  await broker.clock.advance(0);
  assert.equal(broker.dialer.connections[0]?.closed, true);
  assert.equal(broker.sessions.size, 0);
  assert.equal(pendingRequests(broker).length, 1, "it asks again");
  attempt.abort.abort();
  assert.equal((await attempt.failure).code, "withdrawn");
});

Deno.test("an attempt that is given up withdraws its request, unless somebody else waits", async () => {
  const { broker, app } = await running();
  const [first, second] = [open(broker, app), open(broker, app)];
  await Promise.all([first.asked, second.asked]);
  first.abort.abort();
  assert.equal((await first.failure).code, "withdrawn");
  assert.equal(pendingRequests(broker).length, 1);
  second.abort.abort();
  assert.equal((await second.failure).code, "withdrawn");
  assert.deepEqual(pendingRequests(broker), []);
  assert.equal(broker.store.get("request", first.waiting[0] ?? "")?.record.outcome, "withdrawn");
});

Deno.test("uninstalling the app ends an attempt that waits", async () => {
  const { broker, app } = await running();
  const attempt = open(broker, app);
  await attempt.asked;
  await uninstallApp(broker, app.id, "person");
  assert.equal((await attempt.failure).code, "not-installed");
});

Deno.test("targets that can't be: each is refused without a question", async () => {
  const { broker, app } = await running();
  const cases: [string, number, SessionError["code"]][] = [
    ["", 1, "invalid-target"],
    ["a b", 1, "invalid-target"],
    ["example.com", 0, "invalid-target"],
    ["*.example.com", 80, "invalid-target"],
    ["10.0.0.0/8", 80, "invalid-target"],
    ["example.com:80", 80, "invalid-target"],
    ["fe80::1%eth0", 80, "invalid-target"],
    ["127.0.0.1", 8737, "denied"],
    ["2130706433", 8737, "denied"],
    ["localhost", 80, "denied"],
  ];
  for (const [remoteAddress, remotePort, code] of cases) {
    const attempt = open(broker, app, { remoteAddress, remotePort });
    assert.equal((await attempt.failure).code, code, `${remoteAddress} ${remotePort}`);
    assert.deepEqual(attempt.waiting, []);
  }
  assert.deepEqual(broker.resolver.asked, []);
});

Deno.test("stopping closes every session, and says so", async () => {
  const { broker, app, stop } = await running();
  const attempt = open(broker, app);
  await attempt.asked;
  await answer(broker, "allow");
  await attempt.opened;
  await stop();
  assert.equal(broker.sessions.size, 0);
  assert.equal(attempt.cuts[0]?.code, "broker-stopping");
  assert.deepEqual(broker.log.errors, []);
  assert.equal(broker.clock.waiting, 0, "no timer is left");
});
