/** Opening encrypted sockets: what the person is told, what the policy sees, and what a bad certificate costs. @module */
import assert from "node:assert/strict";
import { answerRequest } from "../../../broker/actions/answer_request.ts";
import { openTcpSession } from "../../../broker/actions/open_tcp_session.ts";
import { pendingRequests } from "../../../broker/actions/pending_requests.ts";
import { ConnectError } from "../../../broker/actions/ports.ts";
import { reviewToken } from "../../../broker/actions/review_token.ts";
import { startBroker } from "../../../broker/actions/start_broker.ts";
import type { OpenTcpSession, TcpAsk } from "../../../broker/actions/tcp_session.ts";
import type { App } from "../../../broker/schema/app.ts";
import type { Duration } from "../../../broker/schema/duration.ts";
import { type FakeBroker, fakeBroker, installedApp } from "../../fakes/fake_broker.ts";
import { fakeId } from "../../fakes/fake_secrets.ts";

const encrypted: TcpAsk = {
  contextId: fakeId("ctx", 99),
  remoteAddress: "IMAP.example.com",
  remotePort: 993,
  noDelay: true,
  keepAlive: false,
  tls: { alpn: ["imap"] },
  reason: null,
  userActivation: true,
};
const { tls: _, ...plain } = encrypted;

async function running() {
  const broker = fakeBroker();
  broker.resolver.addresses.set("imap.example.com", ["93.184.216.34"]);
  const app = await installedApp(broker);
  await startBroker(broker);
  return { broker, app };
}

/** Starts to open a socket; resolves with its opening once a person is asked, or it has settled. */
async function open(broker: FakeBroker, app: App, ask: TcpAsk) {
  const asked = Promise.withResolvers<void>();
  const opening = openTcpSession(broker, app.id, ask, {
    signal: new AbortController().signal,
    onWaiting: () => asked.resolve(),
    onCut: () => {},
  });
  await Promise.race([asked.promise, opening.catch(() => {})]);
  return { opening };
}

async function allow(broker: FakeBroker, duration: Duration = { kind: "always" }) {
  const [request] = pendingRequests(broker);
  assert.ok(request, "a request is pending");
  const token = reviewToken(broker, request);
  await answerRequest(broker, request.id, { effect: "allow", duration, reviewToken: token });
}

function failsWith(opening: Promise<OpenTcpSession>, code: string, phase: string): Promise<void> {
  return assert.rejects(opening, (fault) => {
    assert.ok(fault instanceof ConnectError, `${fault}`);
    assert.deepEqual([fault.error.code, fault.error.phase], [code, phase]);
    return true;
  });
}

Deno.test("the person is asked for an encrypted connection, and the name is verified at the address decided on", async () => {
  const { broker, app } = await running();
  const { opening } = await open(broker, app, encrypted);
  assert.equal(pendingRequests(broker)[0]?.secureTransport, true);
  await allow(broker);
  const { session } = await opening;
  assert.deepEqual(broker.dialer.dialed, [{ addresses: ["93.184.216.34"], port: 993 }]);
  assert.equal(broker.dialer.connections[0]?.tls?.serverName, "imap.example.com");
  assert.equal(session.secureTransport, true);
  assert.deepEqual(session.tls, { serverName: "imap.example.com", alpn: "imap" });
  const [entry] = await broker.store.history({ limit: 1 });
  assert.deepEqual(entry?.detail["tls"], session.tls);
});

Deno.test("the app may name the server otherwise; what is no name is refused without a question", async () => {
  const { broker, app } = await running();
  const named = { ...encrypted, tls: { serverName: "Mail.Example.net." } };
  const { opening } = await open(broker, app, named);
  await allow(broker);
  assert.deepEqual((await opening).session.tls, { serverName: "mail.example.net", alpn: null });
  const bad = await open(broker, app, { ...encrypted, tls: { serverName: "*" } });
  await failsWith(bad.opening, "invalid-target", "policy");
});

Deno.test("a card says encrypted only while that is true of all that waits for it", async () => {
  const { broker, app } = await running();
  const first = await open(broker, app, encrypted);
  const [before] = pendingRequests(broker);
  assert.ok(before);
  const token = reviewToken(broker, before);
  const second = await open(broker, app, plain);
  const [request, ...others] = pendingRequests(broker);
  assert.deepEqual([request?.secureTransport, others], [false, []]);
  assert.ok(request);
  assert.notEqual(reviewToken(broker, request), token, "an answer to the old card does not count");
  await allow(broker);
  assert.equal((await first.opening).session.secureTransport, true);
  assert.equal((await second.opening).session.secureTransport, false);
});

Deno.test("a policy that requires encryption lets TLS through, and nothing else", async () => {
  const { broker, app } = await running();
  broker.policy.replace({ managedBy: "Contoso", requireTls: true });
  await failsWith((await open(broker, app, plain)).opening, "denied", "policy");
  const { opening } = await open(broker, app, encrypted);
  await allow(broker);
  await opening;
  assert.equal(broker.sessions.size, 1);
  broker.policy.replace({ managedBy: "Contoso", requireTls: true, limits: {} });
  assert.equal(broker.sessions.size, 1, "a review leaves it open");
});

Deno.test("a certificate that does not hold opens nothing, and does not spend a permission for once", async () => {
  const { broker, app } = await running();
  const message = "The server's certificate is for another name.";
  broker.dialer.tlsFailure = { code: "certificate-name-mismatch", phase: "tls", message };
  const { opening } = await open(broker, app, encrypted);
  await allow(broker, { kind: "once" });
  await failsWith(opening, "certificate-name-mismatch", "tls");
  assert.equal(broker.sessions.size, 0);
  assert.equal(broker.dialer.connections[0]?.closed, true);
  broker.dialer.tlsFailure = null;
  await (await open(broker, app, encrypted)).opening;
  assert.equal(broker.sessions.size, 1, "the permission was still there");
});
