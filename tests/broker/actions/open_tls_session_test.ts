/** Opening encrypted sockets: what the person is told, what the policy sees, and what a bad certificate costs. @module */
import assert from "node:assert/strict";
import { explain } from "../../../broker/core/explain.ts";
import { answerRequest } from "../../../broker/actions/answer_request.ts";
import { openTcpSession } from "../../../broker/actions/open_tcp_session.ts";
import { pendingRequests } from "../../../broker/actions/pending_requests.ts";
import { ConnectError } from "../../../broker/actions/ports.ts";
import { questionFor } from "../../../broker/actions/question_for.ts";
import { reviewToken } from "../../../broker/actions/review_token.ts";
import { revokeGrants } from "../../../broker/actions/revoke_grants.ts";
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

async function allow(
  broker: FakeBroker,
  duration: Duration = { kind: "always" },
  name: string | undefined = undefined,
) {
  const request = pendingRequests(broker).find(({ serverName }) => serverName === name);
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
  await allow(broker, { kind: "always" }, "mail.example.net");
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

Deno.test("an answer to an encrypted wish is for encrypted connections; a plain one is asked about, and then covers both", async () => {
  const { broker, app } = await running();
  const first = await open(broker, app, encrypted);
  await allow(broker);
  await first.opening;
  await (await open(broker, app, encrypted)).opening;
  const second = await open(broker, app, plain);
  const [request] = pendingRequests(broker);
  assert.equal(request?.secureTransport, false);
  const subject = { capability: "tcp-connect", target: "imap.example.com:993" } as const;
  const explained = explain(questionFor(broker, { appId: app.id, ...subject }));
  const failed = explained.candidates[0]?.parts.filter(({ matched }) => !matched);
  assert.deepEqual(failed, [
    { part: "transport", matched: false, holds: "encrypted", asked: "not encrypted" },
  ]);
  await allow(broker);
  assert.equal((await second.opening).session.secureTransport, false);
  const bounds = [...broker.store.list("grant")].map(({ secureTransport }) => secureTransport);
  assert.deepEqual(bounds.sort(), [true, undefined]);
});

Deno.test("another name in the handshake is a wish of its own, and a permission for it is for that name", async () => {
  const { broker, app } = await running();
  const first = await open(broker, app, encrypted);
  const fronted = { ...encrypted, tls: { serverName: "front.example.net" } };
  const second = await open(broker, app, fronted);
  const asked = pendingRequests(broker).map(({ serverName }) => serverName ?? "its own");
  assert.deepEqual(asked.sort(), ["front.example.net", "its own"]);
  await allow(broker, { kind: "always" }, undefined);
  await first.opening;
  assert.equal(pendingRequests(broker).length, 1, "the other is still asked about");
  await allow(broker, { kind: "always" }, "front.example.net");
  const { session } = await second.opening;
  assert.equal(session.tls?.serverName, "front.example.net");
  await (await open(broker, app, fronted)).opening;
  const own = await open(broker, app, { ...encrypted, tls: { serverName: "imap.EXAMPLE.com." } });
  await own.opening; // It is the target's own name, however it is written.
  assert.equal(broker.sessions.size, 4);
  const grant = [...broker.store.list("grant")].find(({ serverName }) => serverName);
  assert.ok(grant);
  await revokeGrants(broker, [grant.id]);
  const left = [...broker.sessions.list()].map(({ session }) => session.tls?.serverName);
  assert.deepEqual(left, ["imap.example.com", "imap.example.com"]);
});

Deno.test("the card knows of a certificate of the app's own, and neither card, store nor history of its key", async () => {
  const { broker, app } = await running();
  const clientCertificate = { cert: "CERT-OF-THE-APP", key: "SECRET-KEY" };
  const { opening } = await open(broker, app, { ...encrypted, tls: { clientCertificate } });
  const [request] = pendingRequests(broker);
  assert.equal(request?.clientCertificate, true);
  await allow(broker);
  const { session } = await opening;
  assert.deepEqual(broker.dialer.connections[0]?.tls?.clientCertificate, clientCertificate);
  const kept = [
    session,
    ...broker.store.list("request"),
    ...broker.store.list("grant"),
    ...await broker.store.history({ limit: 100 }),
    ...broker.log.infos,
  ];
  assert.doesNotMatch(JSON.stringify(kept), /SECRET-KEY|CERT-OF-THE-APP/);
});

Deno.test("a connection that is encrypted later begins as a plain one: policy, card, and then session and history", async () => {
  const { broker, app } = await running();
  const upgradable: TcpAsk = { ...plain, upgradable: true };
  const { opening } = await open(broker, app, upgradable);
  const [request] = pendingRequests(broker);
  assert.deepEqual([request?.secureTransport, request?.upgradable], [false, true]);
  await allow(broker);
  const opened = await opening;
  assert.deepEqual([opened.session.secureTransport, opened.session.tls], [false, undefined]);
  assert.equal((await (await open(broker, app, plain)).opening).encrypt, undefined);
  const changes: string[] = [];
  broker.sessions.subscribe(({ kind }) => changes.push(kind));
  const facts = await opened.encrypt?.({ alpn: ["imap"] }, new AbortController().signal);
  assert.deepEqual(facts, { serverName: "imap.example.com", alpn: "imap" });
  assert.deepEqual([opened.session.secureTransport, opened.session.tls], [true, facts]);
  assert.deepEqual(changes, ["changed"]);
  const [entry] = await broker.store.history({ limit: 1 });
  assert.deepEqual([entry?.kind, entry?.detail["tls"]], ["session-encrypted", facts]);
  assert.equal(entry?.message, "Encrypted the connection to imap.example.com:993.");

  broker.policy.replace({ managedBy: "Contoso", requireTls: true });
  assert.equal(broker.sessions.size, 1, "the one that is encrypted now may stay");
  await failsWith((await open(broker, app, upgradable)).opening, "denied", "policy");
});

Deno.test("a session that was cut during its handshake is not brought back by it", async () => {
  const { broker, app } = await running();
  const { opening } = await open(broker, app, { ...plain, upgradable: true });
  await allow(broker);
  const opened = await opening;
  const encrypting = opened.encrypt?.({}, new AbortController().signal);
  const [live] = broker.sessions.list();
  live?.close({ code: "closed-by-person", phase: "transfer", message: "You closed it." });
  await assert.rejects(encrypting ?? assert.fail(), ConnectError);
  assert.equal(opened.session.secureTransport, false);
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
