/** Sockets whose host the person names: what is asked, which answers do, and where the socket then leads. @module */
import assert from "node:assert/strict";
import { ActionError } from "../../../broker/actions/action_error.ts";
import { answerRequest } from "../../../broker/actions/answer_request.ts";
import { openTcpSession } from "../../../broker/actions/open_tcp_session.ts";
import { openUdpSession } from "../../../broker/actions/open_udp_session.ts";
import { pendingRequests } from "../../../broker/actions/pending_requests.ts";
import { ConnectError } from "../../../broker/actions/ports.ts";
import { requestView } from "../../../broker/actions/request_view.ts";
import { startBroker } from "../../../broker/actions/start_broker.ts";
import type { AnswerBody } from "../../../broker/schema/admin_api.ts";
import type { App } from "../../../broker/schema/app.ts";
import type { Capability } from "../../../broker/schema/capability.ts";
import type { Grant } from "../../../broker/schema/grant.ts";
import { type FakeBroker, fakeBroker, installedApp } from "../../fakes/fake_broker.ts";
import { settle } from "../../fakes/fake_clock.ts";
import { fakeId } from "../../fakes/fake_secrets.ts";

const common = { contextId: fakeId("ctx", 9), reason: null, userActivation: true };
const signal = new AbortController().signal;
const events = { signal, onWaiting() {}, onCut() {} };

async function running() {
  const broker = fakeBroker();
  broker.resolver.addresses.set("printer.example.com", ["93.184.216.34"]);
  const app = await installedApp(broker);
  const { stop } = await startBroker(broker);
  return { broker, app, [Symbol.asyncDispose]: stop };
}

function openTcp(broker: FakeBroker, app: App, remotePort: number, tls?: object) {
  const opened = openTcpSession(broker, app.id, {
    ...{ ...common, remoteAddress: "*", remotePort, noDelay: false, keepAlive: false },
    ...(tls && { tls }),
  }, events);
  opened.catch(() => {});
  return opened;
}

function openUdp(broker: FakeBroker, app: App, remotePort: number) {
  const opened = openUdpSession(broker, app.id, {
    ...{ ...common, kind: "connected", remoteAddress: "*", remotePort },
  }, events);
  opened.catch(() => {});
  return opened;
}

async function answer(broker: FakeBroker, more: Partial<AnswerBody>) {
  const [request] = pendingRequests(broker);
  assert.ok(request, "a request is pending");
  const { reviewToken } = requestView(broker, request);
  const result = await answerRequest(broker, request.id, {
    ...{ effect: "allow", duration: { kind: "always" }, reviewToken },
    ...more,
  });
  await settle();
  return result;
}

async function grant(broker: FakeBroker, app: App, capability: Capability, target: string) {
  const record: Grant = {
    ...{ v: 1, id: broker.secrets.newId("grant"), effect: "allow", appId: app.id, capability },
    ...{ target, spaces: ["public", "local", "loopback"], createdAtMs: 0, spentBy: null },
    ...{ duration: { kind: "always" }, expiresAtMs: null, requestId: null },
  };
  await broker.store.commit({ puts: [{ noun: "grant", id: record.id, record }] });
  await settle();
}

async function errorOf(outcome: Promise<unknown>) {
  const fault = await outcome.then(() => null, (fault) => fault);
  assert.ok(fault instanceof ConnectError, `${fault}`);
  return fault.error;
}

Deno.test("TCP: the person writes the host and the port, and the socket leads there", async () => {
  await using rig = await running();
  const { broker, app } = rig;
  const opened = openTcp(broker, app, 0);
  await settle();
  const [request] = pendingRequests(broker);
  assert.deepEqual([request?.capability, request?.target], ["tcp-connect", "*:*"]);
  assert.ok(request);
  const view = requestView(broker, request);
  assert.deepEqual([view.unaddressed, view.choices], [true, []]);
  const { grant: given } = await answer(broker, { target: "Printer.example.com.:9100" });
  assert.equal(given?.target, "printer.example.com:9100");
  const { session } = await opened;
  assert.equal(session.target, "printer.example.com:9100");
  assert.deepEqual(broker.dialer.dialed, [{ addresses: ["93.184.216.34"], port: 9100 }]);
  assert.deepEqual(session.ruleIds, [given.id]);
});

Deno.test("UDP, with a port that the app names: the answer keeps to it", async () => {
  await using rig = await running();
  const { broker, app } = rig;
  const opened = openUdp(broker, app, 53);
  await settle();
  assert.deepEqual(pendingRequests(broker).map(({ target }) => target), ["*:53"]);
  await assert.rejects(answer(broker, { target: "192.0.2.5:54" }), ActionError);
  await answer(broker, { target: "[2606:4700::53]:53", duration: { kind: "once" } });
  const { remote, session } = await opened;
  assert.deepEqual(remote, { address: "2606:4700::53", port: 53 });
  session.bytesSent += 0;
  assert.deepEqual(broker.udp.connected, [{ address: "2606:4700::53", port: 53 }]);
});

Deno.test("TLS verifies the name that was written, or the one that the app names", async () => {
  for (
    const [tls, name] of [[{}, "printer.example.com"], [
      { serverName: "a.example" },
      "a.example",
    ]] as const
  ) {
    await using rig = await running();
    const { broker, app } = rig;
    const opened = openTcp(broker, app, 443, tls);
    await settle();
    await answer(broker, { target: "printer.example.com:443" });
    await opened;
    assert.equal(broker.dialer.connections[0]?.tls?.serverName, name);
  }
});

Deno.test("what is no single place is refused, and the card stays", async () => {
  await using rig = await running();
  const { broker, app } = rig;
  openTcp(broker, app, 0);
  await settle();
  const rows: Partial<AnswerBody>[] = [
    {},
    { target: "*:*" },
    { target: "printer.example.com:*" },
    { target: "printer.example.com:1-9" },
    { target: "*.example.com:9100" },
    { target: "192.168.1.0/24:9100" },
    { target: "printer.example.com" },
    { target: "http://printer.example.com/" },
  ];
  for (const more of rows) {
    await assert.rejects(answer(broker, more), (fault) => {
      assert.ok(fault instanceof ActionError);
      assert.deepEqual([fault.type, fault.errors[0]?.pointer], ["invalid-body", "/target"]);
      return true;
    }, `${more.target}`);
  }
  assert.equal(pendingRequests(broker).length, 1);
});

Deno.test("an answer must still pass policy and protections: what they forbid opens nothing", async () => {
  const forbidden = [
    "127.0.0.1:8737",
    "169.254.169.254:80",
    "203.0.114.7:9100",
    "224.0.0.251:5353",
  ];
  for (const target of forbidden) {
    await using rig = await running();
    const { broker, app } = rig;
    broker.policy.replace({
      rules: [{
        ...{ id: "policy.rules[0]", effect: "deny", apps: ["*"], capabilities: ["*"] },
        ...{ targets: ["203.0.114.7:*"], except: [], reason: null },
      }],
    });
    const opened = openTcp(broker, app, 0);
    await settle();
    const { grant: given } = await answer(broker, { target });
    assert.equal(given, null, target);
    assert.equal((await errorOf(opened)).code, "denied", target);
    assert.deepEqual(broker.dialer.dialed, []);
  }
});

Deno.test("it is asked though every host is allowed, and no grant or policy answers for the person", async () => {
  await using rig = await running();
  const { broker, app } = rig;
  await grant(broker, app, "tcp-connect", "*:*");
  const opened = openTcp(broker, app, 0);
  await settle();
  await grant(broker, app, "tcp-connect", "*:80");
  assert.equal(pendingRequests(broker).length, 1, "nor does one that comes meanwhile");
  await answer(broker, { target: "printer.example.com:9100" });
  assert.equal((await opened).session.target, "printer.example.com:9100");
});

Deno.test("it is another question than one for every host, and a repeat of itself is not", async () => {
  await using rig = await running();
  const { broker, app } = rig;
  openTcp(broker, app, 0);
  openTcp(broker, app, 0);
  openUdp(broker, app, 0);
  await settle();
  await settle();
  assert.deepEqual(
    pendingRequests(broker).map(({ capability, count }) => `${capability} ${count}`).sort(),
    ["tcp-connect 2", "udp-send 1"],
  );
});

Deno.test("it is denied once, or silenced: there is no place that a longer Deny could name", async () => {
  await using rig = await running();
  const { broker, app } = rig;
  const opened = openTcp(broker, app, 0);
  await settle();
  await assert.rejects(answer(broker, { effect: "deny" }), (fault) => {
    assert.ok(fault instanceof ActionError);
    assert.equal(fault.type, "duration-not-allowed");
    return true;
  });
  await answer(broker, { effect: "deny", duration: { kind: "once" } });
  assert.equal((await errorOf(opened)).code, "denied");
  assert.deepEqual([...broker.store.list("grant")], []);
});

Deno.test("policies that deny every host, or forbid asking, refuse it without a card", async () => {
  await using rig = await running();
  const { broker, app } = rig;
  broker.policy.replace({ asking: { "tcp-connect": false } });
  assert.equal((await errorOf(openTcp(broker, app, 0))).code, "denied");
  assert.deepEqual(pendingRequests(broker), []);
});
