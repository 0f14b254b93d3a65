/** Opening UDP sockets: who is asked for what, where datagrams go, who may be answered, and what ends it. @module */
import assert from "node:assert/strict";
import { answerRequest } from "../../../broker/actions/answer_request.ts";
import { budgetMeter } from "../../../broker/actions/budget_meter.ts";
import {
  destinationMemoryMs,
  maxDestinations,
} from "../../../broker/actions/bound_destinations.ts";
import { maxGroups } from "../../../broker/actions/multicast_groups.ts";
import { openUdpSession } from "../../../broker/actions/open_udp_session.ts";
import { pendingRequests } from "../../../broker/actions/pending_requests.ts";
import { ConnectError, type Endpoint } from "../../../broker/actions/ports.ts";
import { reviewToken } from "../../../broker/actions/review_token.ts";
import { revokeGrants } from "../../../broker/actions/revoke_grants.ts";
import { startBroker } from "../../../broker/actions/start_broker.ts";
import { budgetCheckMs } from "../../../broker/actions/watch_budgets.ts";
import type {
  BoundUdpAsk,
  ConnectedUdpAsk,
  OpenUdpSession,
  OutgoingDatagram,
  UdpAsk,
} from "../../../broker/actions/udp_session.ts";
import { maxHeldDatagrams } from "../../../broker/core/held_datagrams.ts";
import { maxRememberedPeers, replyWindowMs } from "../../../broker/core/reply_table.ts";
import type { App } from "../../../broker/schema/app.ts";
import type { Capability } from "../../../broker/schema/capability.ts";
import type { Duration } from "../../../broker/schema/duration.ts";
import type { Grant } from "../../../broker/schema/grant.ts";
import type { SessionError } from "../../../broker/schema/session.ts";
import { type FakeBroker, fakeBroker, installedApp } from "../../fakes/fake_broker.ts";
import { settle } from "../../fakes/fake_clock.ts";
import { fakeId } from "../../fakes/fake_secrets.ts";

const common = { contextId: fakeId("ctx", 99), reason: null, userActivation: true };
const dns: ConnectedUdpAsk = {
  ...{ kind: "connected", remoteAddress: "NS.example.com.", remotePort: 53 },
  ...common,
};
const bound: BoundUdpAsk = {
  ...{ kind: "bound", localAddress: "0.0.0.0", localPort: 6881, ipv6Only: false },
  ...{ sharesAddress: false, multicastTimeToLive: undefined, multicastLoopback: true },
  ...common,
};

interface Attempt {
  opened: Promise<OpenUdpSession>;
  failure: Promise<SessionError>;
  waiting: string[];
  cuts: SessionError[];
  abort: AbortController;
}

function open(broker: FakeBroker, app: App, ask: UdpAsk): Attempt {
  const abort = new AbortController();
  const waiting: string[] = [];
  const cuts: SessionError[] = [];
  const opened = openUdpSession(broker, app.id, ask, {
    signal: abort.signal,
    onWaiting: (id) => void waiting.push(id),
    onCut: (error) => cuts.push(error),
  });
  const failure = errorOf(opened);
  failure.catch(() => {});
  return { opened, failure, waiting, cuts, abort };
}

async function errorOf(outcome: Promise<unknown>): Promise<SessionError> {
  try {
    await outcome;
  } catch (fault) {
    assert.ok(fault instanceof ConnectError, String(fault));
    return fault.error;
  }
  throw new Error("It succeeded.");
}

async function answer(
  broker: FakeBroker,
  effect: "allow" | "deny",
  duration: Duration = { kind: "always" },
) {
  const [request] = pendingRequests(broker);
  assert.ok(request, "a request is pending");
  const token = reviewToken(broker, request);
  const result = await answerRequest(broker, request.id, { effect, duration, reviewToken: token });
  await settle();
  return result.grant;
}

async function grant(
  broker: FakeBroker,
  app: App,
  capability: Capability,
  target: string,
  more: Partial<Grant> = {},
): Promise<Grant> {
  const nowMs = broker.clock.nowMs();
  const record: Grant = {
    ...{ v: 1, id: broker.secrets.newId("grant"), effect: "allow", appId: app.id, capability },
    ...{ target, spaces: ["public", "local", "loopback", "refused"], createdAtMs: nowMs },
    ...{ duration: { kind: "always" }, expiresAtMs: null, requestId: null, spentBy: null },
    ...more,
  };
  await broker.store.commit({ puts: [{ noun: "grant", id: record.id, record }] });
  await settle();
  return record;
}

async function running() {
  const broker = fakeBroker();
  broker.resolver.addresses.set("ns.example.com", ["2606:4700::1", "93.184.216.34"]);
  broker.resolver.addresses.set("tracker.example.com", ["93.184.216.40"]);
  const app = await installedApp(broker);
  const { stop } = await startBroker(broker);
  return { broker, app, stop, [Symbol.asyncDispose]: stop };
}

/** A bound socket that is open, and what it tells. */
async function boundSocket(more: Partial<BoundUdpAsk> = {}) {
  const base = await running();
  const { broker, app } = base;
  await grant(broker, app, "udp-bind", "0.0.0.0:6881");
  await grant(broker, app, "udp-bind", "[::]:6881");
  const attempt = open(broker, app, { ...bound, ...more });
  const session = await attempt.opened;
  const socket = broker.udp.sockets.at(-1);
  assert.ok(socket);
  const received: string[] = [];
  const dropped: SessionError[] = [];
  const left: string[] = [];
  const waiting: string[] = [];
  const faults: SessionError[] = [];
  session.receive({
    onDatagram: (bytes, from) =>
      received.push(`${new TextDecoder().decode(bytes)} ${from.address}`),
    onDropped: (error) => dropped.push(error),
    onLeft: ({ groupAddress }) => left.push(groupAddress),
    onFault: (error) => faults.push(error),
    onWaiting: (id) => waiting.push(id),
  });
  const sent = () => socket.sent.map(({ bytes, to }) => `${text(bytes)} ${to.address} ${to.port}`);
  return { ...base, attempt, session, socket, received, dropped, left, waiting, faults, sent };
}

const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

function to(host: string, port: number, data = "x", family?: 4 | 6): OutgoingDatagram {
  return { host, port, family, bytes: new TextEncoder().encode(data) };
}

const peer: Endpoint = { address: "203.0.114.5", port: 4000 };

Deno.test("connected: the person is asked, then the name is looked up, and one of its addresses is used", async () => {
  await using rig = await running();
  const { broker, app } = rig;
  const attempt = open(broker, app, dns);
  await settle();
  const [request] = pendingRequests(broker);
  assert.deepEqual([request?.capability, request?.target], ["udp-send", "ns.example.com:53"]);
  assert.deepEqual(attempt.waiting, [request?.id]);
  assert.deepEqual(broker.resolver.asked, [], "not before it is allowed");
  await answer(broker, "allow");
  const { session, remote } = await attempt.opened;
  // The machine has an IPv4 address only.
  assert.deepEqual(broker.udp.connected, [{ address: "93.184.216.34", port: 53 }]);
  assert.deepEqual(remote, { address: "93.184.216.34", port: 53 });
  assert.deepEqual(session.addresses, ["2606:4700::1", "93.184.216.34"], "decided with all");
  assert.deepEqual(session.datagrams, { sent: 0, received: 0, droppedSent: 0, droppedReceived: 0 });
  assert.equal(broker.sessions.size, 1);
});

Deno.test("connected: what is refused opens nothing", async () => {
  const rows: [string, Partial<ConnectedUdpAsk>, SessionError["code"], string][] = [
    ["broadcast", { remoteAddress: "255.255.255.255" }, "denied", "policy"],
    ["broadcast of a network", { remoteAddress: "192.168.7.255" }, "denied", "policy"],
    ["no host", { remoteAddress: "*.example.com" }, "invalid-target", "policy"],
    ["port 0", { remoteAddress: "192.0.2.1", remotePort: 0 }, "invalid-target", "policy"],
    ["a reserved address", { remoteAddress: "240.0.0.1" }, "denied", "policy"],
    ["cloud metadata", { remoteAddress: "169.254.169.254" }, "denied", "policy"],
    ["a name for this computer", { remoteAddress: "localhost" }, "denied", "policy"],
  ];
  for (const [name, more, code, phase] of rows) {
    await using rig = await running();
    const error = await open(rig.broker, rig.app, { ...dns, ...more }).failure;
    assert.deepEqual([error.code, error.phase], [code, phase], name);
    assert.deepEqual(rig.broker.udp.sockets, [], name);
  }
});

Deno.test("connected: a name that leads into the local network is refused, and one without addresses fails", async () => {
  await using rig = await running();
  const { broker, app } = rig;
  broker.resolver.addresses.set("rebind.example.com", ["93.184.216.34", "192.168.1.1"]);
  for (const name of ["rebind", "empty"]) {
    await grant(broker, app, "udp-send", `${name}.example.com:53`);
  }
  const rebind = open(broker, app, { ...dns, remoteAddress: "rebind.example.com" });
  assert.equal((await rebind.failure).code, "denied");
  const empty = open(broker, app, { ...dns, remoteAddress: "empty.example.com" });
  assert.equal((await empty.failure).code, "name-not-resolved");
  assert.deepEqual(broker.udp.sockets, []);
});

Deno.test("connected to a group asks for multicast", async () => {
  await using rig = await running();
  const attempt = open(rig.broker, rig.app, {
    ...dns,
    remoteAddress: "239.1.2.3",
    remotePort: 1900,
  });
  await settle();
  const [request] = pendingRequests(rig.broker);
  assert.deepEqual([request?.capability, request?.target], ["udp-multicast", "239.1.2.3:1900"]);
  await answer(rig.broker, "allow");
  await attempt.opened;
  assert.deepEqual(rig.broker.udp.connected, [{ address: "239.1.2.3", port: 1900 }]);
});

Deno.test("connected: datagrams are counted, and those over the limit dropped", async () => {
  await using rig = await running();
  const { broker, app } = rig;
  await grant(broker, app, "udp-send", "203.0.114.5:4000");
  broker.policy.replace({ limits: { targetDatagrams: { packetsPerSecond: 2 } } });
  const session = await open(broker, app, {
    ...{ ...dns, remoteAddress: peer.address, remotePort: peer.port },
  }).opened;
  const dropped: SessionError[] = [];
  session.receive({
    onDropped: (error) => dropped.push(error),
    ...{ onDatagram() {}, onLeft() {}, onFault() {}, onWaiting() {} },
  });
  for (let n = 0; n < 3; n++) await session.send(to("", 0, "abc"));
  assert.equal(broker.udp.sockets[0]?.sent.length, 2);
  assert.deepEqual(dropped.map(({ code, retryAfterMs }) => [code, retryAfterMs]), [[
    "limited",
    500,
  ]]);
  assert.equal(session.session.bytesSent, 6);
  const { sent, droppedSent } = session.session.datagrams ?? {};
  assert.deepEqual([sent, droppedSent], [2, 1]);
  // A policy that comes into force meanwhile holds for sockets that are open.
  broker.policy.replace({ limits: { targetDatagrams: { packetsPerSecond: 100 } } });
  await broker.clock.advance(1000);
  for (let n = 0; n < 50; n++) await session.send(to("", 0, "abc"));
  assert.equal(dropped.length, 1);
});

Deno.test("connected: revoking cuts it, and closes the socket", async () => {
  await using rig = await running();
  const { broker, app } = rig;
  const { id } = await grant(broker, app, "udp-send", "203.0.114.5:4000");
  const ask = { ...dns, remoteAddress: peer.address, remotePort: peer.port };
  const attempt = open(broker, app, ask);
  const session = await attempt.opened;
  await assert.rejects(session.join({ groupAddress: "239.1.2.3" }), ConnectError);
  await revokeGrants(broker, [id]);
  assert.deepEqual(attempt.cuts.map(({ code }) => code), ["permission-ended"]);
  assert.ok(broker.udp.sockets[0]?.closed);
  assert.equal(broker.sessions.size, 0);
});

Deno.test("a once-only grant is good for one socket", async () => {
  await using rig = await running();
  const { broker, app } = rig;
  await grant(broker, app, "udp-send", "203.0.114.5:4000", { duration: { kind: "once" } });
  const ask = { ...dns, remoteAddress: peer.address, remotePort: peer.port };
  const session = await open(broker, app, ask).opened;
  const second = open(broker, app, ask);
  await settle();
  assert.equal(pendingRequests(broker).length, 1, "the second has to ask");
  second.abort.abort();
  assert.equal((await second.failure).code, "withdrawn");
  session.end(null);
  await settle();
  assert.equal([...broker.store.list("grant")].length, 0);
});

Deno.test("bound: the target is the address with its port, or the ports that the system chooses from", async () => {
  const rows: [Partial<BoundUdpAsk>, string][] = [
    [{}, "0.0.0.0:6881"],
    [{ localPort: undefined }, "0.0.0.0:32768-65535"],
    [{ localAddress: "::", localPort: 5353 }, "[::]:5353"],
    [{ localAddress: "::1", localPort: undefined }, "[::1]:32768-65535"],
    [{ localAddress: "0x7f.1", localPort: 53 }, "127.0.0.1:53"],
  ];
  for (const [more, target] of rows) {
    await using rig = await running();
    const attempt = open(rig.broker, rig.app, { ...bound, ...more });
    await settle();
    const [request] = pendingRequests(rig.broker);
    assert.deepEqual([request?.capability, request?.target], ["udp-bind", target]);
    await answer(rig.broker, "allow");
    const { session, remote } = await attempt.opened;
    assert.deepEqual([remote, session.remoteAddress, session.target], [null, null, target]);
  }
  await using rig = await running();
  const error = await open(rig.broker, rig.app, { ...bound, localAddress: "localhost" }).failure;
  assert.equal(error.code, "invalid-target");
});

Deno.test("bound: each destination takes a permission of its own; what is held goes out once it is given", async () => {
  await using rig = await boundSocket();
  const { broker, session, waiting, dropped } = rig;
  await session.send(to(peer.address, peer.port, "one"));
  await session.send(to(peer.address, peer.port, "two"));
  await settle();
  const [request] = pendingRequests(broker);
  assert.deepEqual([request?.capability, request?.target], ["udp-send", "203.0.114.5:4000"]);
  assert.deepEqual(waiting, [request?.id]);
  assert.deepEqual(rig.sent(), []);
  assert.deepEqual(dropped.map(({ code }) => code), ["denied"], "one is held for each destination");
  await answer(broker, "allow");
  assert.deepEqual(rig.sent(), ["one 203.0.114.5 4000"]);
  await session.send(to(peer.address, peer.port, "three"));
  assert.deepEqual(rig.sent().at(-1), "three 203.0.114.5 4000");
  assert.equal(
    session.session.ruleIds.length,
    2,
    "the session names what allows it, destinations included",
  );
});

Deno.test("bound: one destination that waits does not hold up another", async () => {
  await using rig = await boundSocket();
  const { broker, app, session } = rig;
  await grant(broker, app, "udp-send", "203.0.114.6:4000");
  await session.send(to(peer.address, peer.port, "waits"));
  await session.send(to("203.0.114.6", 4000, "goes"));
  assert.deepEqual(rig.sent(), ["goes 203.0.114.6 4000"]);
});

Deno.test("bound: a destination that is denied is dropped, and not asked about again for a minute", async () => {
  await using rig = await boundSocket();
  const { broker, session, dropped } = rig;
  await session.send(to(peer.address, peer.port));
  await settle();
  await answer(broker, "deny", { kind: "once" });
  for (let n = 0; n < 5; n++) await session.send(to(peer.address, peer.port));
  await settle();
  assert.deepEqual(dropped.map(({ code }) => code), Array(6).fill("denied"));
  assert.deepEqual(pendingRequests(broker), []);
  assert.equal(session.session.datagrams?.droppedSent, 6);
  await broker.clock.advance(destinationMemoryMs);
  await session.send(to(peer.address, peer.port));
  await settle();
  assert.equal(pendingRequests(broker).length, 1);
});

Deno.test("bound: a permission that is given after a denial holds at once, one that is revoked ends at once", async () => {
  await using rig = await boundSocket();
  const { broker, app, session, dropped } = rig;
  await session.send(to(peer.address, peer.port));
  await settle();
  await answer(broker, "deny", { kind: "once" });
  const { id } = await grant(broker, app, "udp-send", "203.0.114.0/24:*");
  await session.send(to(peer.address, peer.port, "now"));
  assert.deepEqual(rig.sent(), ["now 203.0.114.5 4000"]);
  await revokeGrants(broker, [id]);
  await session.send(to(peer.address, peer.port, "late"));
  await settle();
  assert.deepEqual(rig.sent().length, 1);
  assert.equal(pendingRequests(broker).length, 1, "it is asked about anew");
  assert.equal(broker.sessions.size, 1, "the socket itself lives on");
  assert.equal(dropped.length, 1);
});

Deno.test("bound: names are looked up once allowed, remembered for a minute, and every address is decided on", async () => {
  await using rig = await boundSocket();
  const { broker, app, session, dropped } = rig;
  await grant(broker, app, "udp-send", "*.example.com:*");
  await session.send(to("tracker.example.com", 6969, "a"));
  await settle();
  await session.send(to("tracker.example.com", 6969, "b"));
  assert.deepEqual(rig.sent(), ["a 93.184.216.40 6969", "b 93.184.216.40 6969"]);
  assert.deepEqual(broker.resolver.asked, ["tracker.example.com"]);
  broker.resolver.addresses.set("tracker.example.com", ["10.0.0.1"]);
  await broker.clock.advance(destinationMemoryMs);
  await session.send(to("tracker.example.com", 6969, "c"));
  await settle();
  assert.equal(rig.sent().length, 2);
  assert.match(dropped.at(-1)?.message ?? "", /not on the internet/);
});

Deno.test("bound: who has sent within two minutes may be answered, and nobody else", async () => {
  await using rig = await boundSocket();
  const { broker, socket, session, received } = rig;
  socket.deliver("hello", peer);
  assert.deepEqual(received, ["hello 203.0.114.5"]);
  await session.send(to(peer.address, peer.port, "answer"));
  assert.deepEqual(rig.sent(), ["answer 203.0.114.5 4000"]);
  await session.send(to(peer.address, 4001, "another port"));
  await settle();
  assert.equal(rig.sent().length, 1);
  assert.deepEqual(pendingRequests(broker).map(({ target }) => target), ["203.0.114.5:4001"]);
  await broker.clock.advance(replyWindowMs - 1);
  await session.send(to(peer.address, peer.port, "still"));
  assert.equal(rig.sent().length, 2);
  await broker.clock.advance(1);
  await session.send(to(peer.address, peer.port, "too late"));
  await settle();
  assert.equal(rig.sent().length, 2);
});

Deno.test("bound: no answer where a Deny, a policy or a protection speaks against it; silence does not", async () => {
  const rows: [
    string,
    Endpoint,
    (rig: { broker: FakeBroker; app: App }) => Promise<unknown>,
    boolean,
  ][] = [
    [
      "a Deny",
      peer,
      ({ broker, app }) => grant(broker, app, "udp-send", "203.0.114.0/24:*", { effect: "deny" }),
      false,
    ],
    ["a policy", peer, ({ broker }) => {
      broker.policy.replace({
        rules: [{
          ...{ id: "policy.rules[0]", effect: "deny", apps: ["*"], capabilities: ["udp-send"] },
          ...{ targets: ["203.0.114.5:*"], except: [], reason: null },
        }],
      });
      return settle();
    }, false],
    ["a broadcast address", { address: "192.168.7.255", port: 9 }, settle, false],
    ["the broker's own port", { address: "192.168.7.7", port: 8737 }, settle, false],
    ["asking forbidden", peer, ({ broker }) => {
      broker.policy.replace({ asking: { "udp-send": false } });
      return settle();
    }, true],
  ];
  for (const [name, from, prepare, goes] of rows) {
    await using rig = await boundSocket();
    await prepare(rig);
    rig.socket.deliver("hello", from);
    await rig.session.send(to(from.address, from.port, "answer"));
    await settle();
    assert.equal(rig.sent().length, goes ? 1 : 0, name);
    assert.equal(rig.dropped.length, goes ? 0 : 1, name);
  }
});

Deno.test("bound: an answer that was let through ends with a Deny that comes meanwhile", async () => {
  await using rig = await boundSocket();
  const { broker, app, socket, session } = rig;
  socket.deliver("hello", peer);
  await session.send(to(peer.address, peer.port));
  await grant(broker, app, "udp-send", "203.0.114.5:4000", { effect: "deny" });
  await session.send(to(peer.address, peer.port));
  await settle();
  assert.equal(rig.sent().length, 1);
});

Deno.test("bound: what is remembered is bounded: peers, destinations, and what waits", async () => {
  await using rig = await boundSocket();
  const { broker, app, socket, session, dropped } = rig;
  for (let n = 0; n <= maxRememberedPeers; n++) {
    socket.deliver("hi", { address: "203.0.114.9", port: 1000 + n });
  }
  await session.send(to("203.0.114.9", 1000 + maxRememberedPeers, "last"));
  assert.equal(rig.sent().length, 1);
  await session.send(to("203.0.114.9", 1000, "first"));
  assert.equal(rig.sent().length, 1, "the first peer was forgotten");
  for (let n = 0; n < 2 * maxHeldDatagrams; n++) await session.send(to("203.0.114.10", 2000 + n));
  await settle();
  assert.equal(pendingRequests(broker).length, maxHeldDatagrams, "no more questions than may wait");
  assert.equal(dropped.length, maxHeldDatagrams + 1);
  await grant(broker, app, "udp-send", "203.0.114.11:*");
  for (let n = 0; n < 2 * maxDestinations; n++) await session.send(to("203.0.114.11", 1 + n));
  assert.equal(rig.sent().length, 1 + 2 * maxDestinations);
});

Deno.test("bound: a once-only permission for a destination ends with the socket", async () => {
  await using rig = await boundSocket();
  const { broker, session } = rig;
  await session.send(to(peer.address, peer.port, "one"));
  await settle();
  const once = await answer(broker, "allow", { kind: "once" });
  await session.send(to(peer.address, peer.port, "two"));
  assert.deepEqual(rig.sent(), ["one 203.0.114.5 4000", "two 203.0.114.5 4000"]);
  assert.equal(broker.store.get("grant", once?.id ?? "")?.record.spentBy, session.session.id);
  session.end(null);
  await settle();
  assert.equal(broker.store.get("grant", once?.id ?? ""), undefined);
});

Deno.test("bound: a once-only permission that is there already is used up by the first socket that sends", async () => {
  await using rig = await boundSocket();
  const { broker, app, session } = rig;
  const { id } = await grant(broker, app, "udp-send", "203.0.114.5:4000", {
    duration: { kind: "once" },
  });
  await session.send(to(peer.address, peer.port, "one"));
  await settle();
  assert.deepEqual(rig.sent(), ["one 203.0.114.5 4000"]);
  assert.equal(broker.store.get("grant", id)?.record.spentBy, session.session.id);
  await grant(broker, app, "udp-bind", "0.0.0.0:6882");
  const other = await open(broker, app, { ...bound, localPort: 6882 }).opened;
  await other.send(to(peer.address, peer.port, "two"));
  await settle();
  assert.equal(pendingRequests(broker).length, 1, "the second has to ask");
});

Deno.test("bound: what can't be sent to concerns that destination alone; a datagram too long, the socket", async () => {
  await using rig = await boundSocket();
  const { broker, app, socket, session, dropped } = rig;
  await grant(broker, app, "udp-send", "*:*");
  await session.send(to("2606:4700::1", 53));
  assert.equal(dropped.at(-1)?.code, "unreachable", "an IPv6 address from an IPv4 socket");
  await session.send(to("no host", 53));
  assert.equal(dropped.at(-1)?.code, "invalid-target");
  socket.sendFailure = { code: "unreachable", phase: "transfer", message: "No route." };
  await session.send(to(peer.address, peer.port));
  assert.equal(dropped.at(-1)?.message, "No route.");
  socket.sendFailure = { code: "message-too-big", phase: "transfer", message: "Too long." };
  assert.equal((await errorOf(session.send(to(peer.address, peer.port)))).code, "message-too-big");
});

Deno.test("bound on :: both families are sent to, with ipv6Only one", async () => {
  for (const ipv6Only of [false, true]) {
    await using rig = await boundSocket({ localAddress: "::", ipv6Only });
    await grant(rig.broker, rig.app, "udp-send", "*:*");
    await rig.session.send(to("2606:4700::1", 53, "six"));
    await rig.session.send(to(peer.address, peer.port, "four"));
    assert.deepEqual(rig.sent().length, ipv6Only ? 1 : 2);
    assert.equal(rig.socket.bound?.ipv6Only, ipv6Only);
  }
});

Deno.test("bound: the socket's own fault is told, and closing it withdraws what it asks", async () => {
  await using rig = await boundSocket();
  const { broker, socket, session, faults } = rig;
  await session.send(to(peer.address, peer.port));
  await settle();
  assert.equal(pendingRequests(broker).length, 1);
  socket.fail({ code: "internal-error", phase: "transfer", message: "Broken." });
  assert.deepEqual(faults.map(({ message }) => message), ["Broken."]);
  session.end(faults[0] ?? null);
  await settle();
  assert.deepEqual(pendingRequests(broker), []);
  assert.equal(broker.sessions.size, 0);
});

Deno.test("groups: joined once a person allows it, left when that ends; sending to one takes the same permission", async () => {
  await using rig = await boundSocket({ localPort: 6881 });
  const { broker, socket, session, left } = rig;
  const joining = session.join({ groupAddress: "224.0.0.251" });
  await settle();
  const [request] = pendingRequests(broker);
  assert.deepEqual([request?.capability, request?.target], ["udp-multicast", "224.0.0.251:6881"]);
  const allowed = await answer(broker, "allow");
  await joining;
  assert.deepEqual([...socket.groups], ["224.0.0.251"]);
  await session.join({ groupAddress: "224.0.0.251" });
  await session.send(to("224.0.0.251", 6881, "query"));
  assert.deepEqual(rig.sent(), ["query 224.0.0.251 6881"]);
  assert.ok(session.session.ruleIds.includes(allowed?.id ?? ""));
  await revokeGrants(broker, [allowed?.id ?? fakeId("grant", 1)]);
  assert.deepEqual([[...socket.groups], left], [[], ["224.0.0.251"]]);
  assert.equal(broker.sessions.size, 1);
});

Deno.test("groups: what is refused, and what is left", async () => {
  await using rig = await boundSocket();
  const { broker, app, socket, session } = rig;
  await grant(broker, app, "udp-multicast", "*:*");
  const code = async (outcome: Promise<unknown>) => (await errorOf(outcome)).code;
  const join = (groupAddress: string, sourceAddress?: string) =>
    session.join({ groupAddress, sourceAddress });
  assert.equal(await code(join("203.0.114.1")), "invalid-target");
  assert.equal(await code(join("group.example.com")), "invalid-target");
  assert.equal(await code(join("232.1.2.3", "ff02::1")), "invalid-target");
  assert.equal(await code(join("232.1.2.3", "239.1.2.3")), "invalid-target");
  await join("232.1.2.3", "203.0.114.1");
  assert.deepEqual([...socket.groups], ["203.0.114.1 to 232.1.2.3"]);
  assert.throws(() => session.leave({ groupAddress: "232.1.2.3" }), ConnectError);
  session.leave({ groupAddress: "232.1.2.3", sourceAddress: "203.0.114.1" });
  assert.deepEqual([...socket.groups], []);
  for (let n = 0; n < maxGroups; n++) await join(`239.1.2.${n}`);
  assert.equal(await code(join("239.1.3.1")), "limited");
  session.leave({ groupAddress: "239.1.2.0" });
  socket.joinFailure = { code: "unreachable", phase: "transfer", message: "No interface." };
  assert.equal(await code(join("239.1.3.1")), "unreachable");
});

Deno.test("the history tells of sockets, with what their datagrams came to", async () => {
  await using rig = await boundSocket();
  const { broker, app, socket, session } = rig;
  await grant(broker, app, "udp-send", "203.0.114.5:4000");
  await session.send(to(peer.address, peer.port, "four"));
  socket.deliver("hi", peer);
  session.end(null);
  await settle();
  const [closed, opened] = (await broker.store.history({ limit: 10 })).filter(({ kind }) =>
    kind.startsWith("session-")
  );
  assert.equal(opened?.message, "Opened UDP on 0.0.0.0:6881.");
  assert.equal(closed?.message, "Closed UDP on 0.0.0.0:6881.");
  assert.deepEqual(closed?.detail["datagrams"], {
    ...{ sent: 1, received: 0, droppedSent: 0, droppedReceived: 0 },
  });
});

Deno.test("a bound socket whose own permission ends is cut, with everything it was allowed beside", async () => {
  await using rig = await boundSocket();
  const { broker, attempt, socket } = rig;
  await revokeGrants(broker, [...broker.store.list("grant")].map(({ id }) => id));
  assert.deepEqual(attempt.cuts.map(({ code }) => code), ["permission-ended"]);
  assert.ok(socket.closed);
});

Deno.test("groups: one that is denied while its once-only permission is used up is not joined", async () => {
  await using rig = await boundSocket();
  const { broker, app, session, socket } = rig;
  await grant(broker, app, "udp-multicast", "239.1.2.3:6881", { duration: { kind: "once" } });
  const { store } = broker;
  const commit = store.commit.bind(store);
  store.commit = async (batch) => {
    const done = await commit(batch);
    if (batch.puts?.some(({ noun, record }) => noun === "grant" && record.spentBy !== null)) {
      store.commit = commit;
      await grant(broker, app, "udp-multicast", "239.1.2.3:6881", { effect: "deny" });
    }
    return done;
  };
  const error = await errorOf(session.join({ groupAddress: "239.1.2.3" }));
  assert.equal(error.code, "denied");
  assert.equal(socket.groups.size, 0);
});

/** Grants of `udp-send` with a budget. */
const budgets = { bytes: { bytes: 10 }, connections: { connections: 1 } };

Deno.test("bound: what is sent counts against the budget of its destination's permission", async () => {
  await using rig = await boundSocket();
  const { broker, app, session } = rig;
  await grant(broker, app, "udp-send", "203.0.114.5:*", { budget: budgets.bytes });
  for (let round = 0; round < 5; round++) {
    await session.send(to(peer.address, peer.port, "12345"));
    await broker.clock.advance(budgetCheckMs);
  }
  assert.equal(rig.sent().length, 2);
  assert.match(rig.dropped.at(-1)?.message ?? "", /10 bytes, and that is used up/);
  assert.deepEqual(rig.attempt.cuts, [], "the socket goes on");
});

Deno.test("bound: a socket is one connection of the permission for its destinations", async () => {
  await using rig = await boundSocket();
  const { broker, app, session } = rig;
  await grant(broker, app, "udp-bind", "0.0.0.0:6882");
  const { id } = await grant(broker, app, "udp-send", "203.0.114.5:*", {
    budget: budgets.connections,
  });
  await session.send(to(peer.address, peer.port, "one"));
  await session.send(to(peer.address, peer.port + 1, "two"));
  const other = await open(broker, app, { ...bound, localPort: 6882 }).opened;
  await other.send(to(peer.address, peer.port, "three"));
  await settle();
  assert.equal(rig.sent().length, 2);
  assert.deepEqual(broker.udp.sockets.at(-1)?.sent, []);
  assert.deepEqual(budgetMeter(broker).get(id), { connections: 1, bytes: 0 });
});
