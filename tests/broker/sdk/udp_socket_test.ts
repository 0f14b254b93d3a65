/** `UDPSocket` against a real relay and real UDP sockets: the Direct Sockets rules, row by row. @module */
import assert from "node:assert/strict";
import { ConnectError } from "../../../broker/actions/ports.ts";
import type { SessionError } from "../../../broker/schema/session.ts";
import { setDefaultGatehouse } from "../../../broker/sdk/default_gatehouse.ts";
import type { Gatehouse } from "../../../broker/sdk/gatehouse.ts";
import { openUDPSocket } from "../../../broker/sdk/legacy_udp_socket.ts";
import { MulticastController } from "../../../broker/sdk/multicast_controller.ts";
import type { UDPMessage } from "../../../broker/sdk/udp_message.ts";
import { UDPSocket, type UDPSocketOpenInfo } from "../../../broker/sdk/udp_socket.ts";
import type { UDPSocketOptions } from "../../../broker/sdk/udp_socket_options.ts";
import { fakeId } from "../../fakes/fake_secrets.ts";
import { SdkRig } from "./sdk_rig.ts";

const bytes = (text: string) => new TextEncoder().encode(text);
const text = (data: Uint8Array) => new TextDecoder().decode(data);

/** A UDP socket of this test, on loopback. */
class Peer implements Disposable {
  readonly conn = Deno.listenDatagram({ transport: "udp", hostname: "127.0.0.1", port: 0 });
  get port(): number {
    return (this.conn.addr as Deno.NetAddr).port;
  }
  async receive(): Promise<{ text: string; from: Deno.NetAddr }> {
    const [data, from] = await this.conn.receive(new Uint8Array(65_507));
    return { text: text(data), from: from as Deno.NetAddr };
  }
  async send(data: Uint8Array, port: number): Promise<void> {
    await this.conn.send(data, { transport: "udp", hostname: "127.0.0.1", port });
  }
  [Symbol.dispose](): void {
    this.conn.close();
  }
}

/** A rig and a connection to it. */
async function connected() {
  const rig = await SdkRig.start();
  return { rig, gatehouse: await rig.connect(), [Symbol.asyncDispose]: () => rig.close() };
}

/** A socket with the peer that it is connected to. */
async function joined(options: UDPSocketOptions = {}) {
  const { rig, gatehouse } = await connected();
  const peer = new Peer();
  const socket = new UDPSocket({
    ...{ remoteAddress: "127.0.0.1", remotePort: peer.port, gatehouse },
    ...options,
  });
  const info = await socket.opened;
  return {
    ...{ rig, gatehouse, peer, socket, info },
    async [Symbol.asyncDispose]() {
      peer[Symbol.dispose]();
      await rig.close();
    },
  };
}

/** A socket that is bound on loopback. */
async function bound(options: UDPSocketOptions = {}) {
  const { rig, gatehouse } = await connected();
  const socket = new UDPSocket({ localAddress: "127.0.0.1", gatehouse, ...options });
  const info = await socket.opened;
  const groups = info.multicastController;
  assert.ok(groups);
  return { ...{ rig, gatehouse, socket, info, groups }, [Symbol.asyncDispose]: () => rig.close() };
}

async function write({ writable }: UDPSocketOpenInfo, message: UDPMessage): Promise<void> {
  const writer = writable.getWriter();
  try {
    await writer.write(message);
  } finally {
    writer.releaseLock();
  }
}

async function read({ readable }: UDPSocketOpenInfo) {
  const reader = readable.getReader();
  const { value } = await reader.read();
  reader.releaseLock();
  assert.ok(value);
  return value;
}

function isException(name: string, message: RegExp = /./) {
  return (fault: unknown) => {
    assert.ok(fault instanceof DOMException, `${fault}`);
    assert.equal(fault.name, name);
    assert.match(fault.message, message);
    return true;
  };
}

/** Waits for what comes over the wire without an event. */
async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((done) => setTimeout(done, 5));
}

const unusedGatehouse = {} as Gatehouse;
const remote = { remoteAddress: "example.com", remotePort: 53 };
const local = { localAddress: "0.0.0.0" };

Deno.test("constructor: what is wrong throws TypeError", () => {
  const rows: [string, unknown, RegExp][] = [
    ["options that are no object", 7, /object/],
    ["sendBufferSize of 0", { ...remote, sendBufferSize: 0 }, /sendBufferSize/],
    ["receiveBufferSize of 0", { ...remote, receiveBufferSize: 0 }, /receiveBufferSize/],
    ["receiveBufferSize out of range", { ...remote, receiveBufferSize: 2 ** 32 }, /receiveBuffer/],
    ["nothing", {}, /remoteAddress and remotePort, or localAddress/],
    ["no options", undefined, /remoteAddress and remotePort, or localAddress/],
    ["remoteAddress alone", { remoteAddress: "a" }, /go together/],
    ["remotePort alone", { remotePort: 1 }, /go together/],
    ["remotePort alone, with localAddress", { ...local, remotePort: 1 }, /go together/],
    ["remotePort out of range", { ...remote, remotePort: 65_536 }, /remotePort/],
    ["both", { ...remote, ...local }, /either/],
    ["connected with localPort", { ...remote, localPort: 5000 }, /either/],
    ["localPort alone", { localPort: 5000 }, /localPort goes with/],
    ["localAddress that is a name", { localAddress: "localhost" }, /IP address/],
    ["localAddress in brackets", { localAddress: "[::1]" }, /IP address/],
    ["localPort of 0", { ...local, localPort: 0 }, /more than 0/],
    ["localPort out of range", { ...local, localPort: -1 }, /localPort/],
    ["bound with dnsQueryType", { ...local, dnsQueryType: "ipv4" }, /dnsQueryType/],
    ["dnsQueryType of another kind", { ...remote, dnsQueryType: "ipv5" }, /SocketDnsQueryType/],
    ["connected with ipv6Only", { ...remote, ipv6Only: false }, /ipv6Only/],
    ["ipv6Only for IPv4", { ...local, ipv6Only: true }, /ipv6Only/],
    ["ipv6Only for ::1", { localAddress: "::1", ipv6Only: true }, /ipv6Only/],
    ["multicastTimeToLive of 256", { ...local, multicastTimeToLive: 256 }, /multicastTimeToLive/],
    ["a signal that is none", { ...remote, signal: {} }, /AbortSignal/],
  ];
  for (const [name, options, message] of rows) {
    const given = typeof options === "object"
      ? { gatehouse: unusedGatehouse, ...options }
      : options;
    if (options === undefined) setDefaultGatehouse(unusedGatehouse);
    assert.throws(() => new UDPSocket(given as UDPSocketOptions), (fault) => {
      assert.ok(fault instanceof TypeError, `${name}: ${fault}`);
      assert.match(fault.message, message, name);
      return true;
    });
  }
});

Deno.test("constructor: of several faults the specification's first is told", () => {
  const rows: [UDPSocketOptions, RegExp][] = [
    [{ sendBufferSize: 0, remoteAddress: "a" }, /sendBufferSize/],
    [{ remoteAddress: "a", localAddress: "no" }, /go together/],
    [{ ...remote, localAddress: "no" }, /either/],
    [{ localAddress: "no", localPort: 0 }, /IP address/],
    [{ ...local, localPort: 0, dnsQueryType: "ipv4" }, /more than 0/],
    [{ ...local, dnsQueryType: "ipv4", ipv6Only: true }, /dnsQueryType/],
  ];
  for (const [options, message] of rows) {
    assert.throws(() => new UDPSocket({ gatehouse: unusedGatehouse, ...options }), message);
  }
});

Deno.test("members are read in the order of Web IDL", () => {
  const read: string[] = [];
  const options = new Proxy({}, {
    get: (_, name) => {
      read.push(String(name));
      return undefined;
    },
  });
  setDefaultGatehouse(unusedGatehouse);
  assert.throws(() => new UDPSocket(options), TypeError);
  assert.deepEqual(read.slice(0, 11), [
    ...["receiveBufferSize", "sendBufferSize", "dnsQueryType", "ipv6Only", "localAddress"],
    ...["localPort", "multicastAllowAddressSharing", "multicastLoopback", "multicastTimeToLive"],
    ...["remoteAddress", "remotePort"],
  ]);
});

Deno.test("connected: opened tells both ends; datagrams go both ways and keep their boundaries", async () => {
  await using rig = await joined();
  const { info, peer } = rig;
  assert.equal(info.remoteAddress, "127.0.0.1");
  assert.equal(info.remotePort, peer.port);
  assert.equal(info.multicastController, undefined);
  await write(info, { data: bytes("one") });
  await write(info, { data: bytes("two").buffer });
  const { text: first, from } = await peer.receive();
  assert.equal(first, "one");
  assert.equal(from.port, info.localPort);
  assert.equal((await peer.receive()).text, "two");
  await peer.send(bytes("three"), info.localPort);
  await peer.send(new Uint8Array(0), info.localPort);
  const message = await read(info);
  assert.ok(message.data instanceof Uint8Array);
  assert.deepEqual([text(message.data), message.remoteAddress], ["three", undefined]);
  assert.equal((await read(info)).data.length, 0, "one of no bytes comes too");
});

Deno.test("connected: what another than the peer sends does not come", async () => {
  await using rig = await joined();
  using other = new Peer();
  await other.send(bytes("intruder"), rig.info.localPort);
  await rig.peer.send(bytes("peer"), rig.info.localPort);
  assert.equal(text((await read(rig.info)).data), "peer");
});

Deno.test("the longest datagram goes through; one byte more ends the socket", async () => {
  await using rig = await joined();
  const { socket, info, peer } = rig;
  await write(info, { data: new Uint8Array(65_507).fill(7) });
  const [data] = await peer.conn.receive(new Uint8Array(65_507));
  assert.equal(data.length, 65_507);
  await assert.rejects(
    write(info, { data: new Uint8Array(65_508) }),
    isException("NetworkError", /65507/),
  );
  await assert.rejects(socket.closed, isException("NetworkError", /65507/));
  await assert.rejects(read(info), isException("NetworkError"));
});

Deno.test("bound: messages carry the other end, and a peer is answered", async () => {
  await using rig = await bound();
  const { info } = rig;
  using peer = new Peer();
  assert.deepEqual([info.remoteAddress, info.remotePort], [undefined, undefined]);
  assert.ok(info.localPort >= 32768);
  await peer.send(bytes("hello"), info.localPort);
  const message = await read(info);
  assert.equal(text(message.data), "hello");
  assert.deepEqual([message.remoteAddress, message.remotePort], ["127.0.0.1", peer.port]);
  await write(info, { ...message, data: bytes("you too") });
  assert.equal((await peer.receive()).text, "you too");
});

Deno.test("writes: what is no message for the socket rejects with TypeError", async () => {
  const to = { remoteAddress: "127.0.0.1", remotePort: 9 };
  const rows: ["connected" | "bound", string, unknown][] = [
    ["connected", "no message", undefined],
    ["connected", "bytes instead of a message", 7],
    ["connected", "no data", {}],
    ["connected", "data that is no bytes", { data: "text" }],
    ["connected", "no bytes", { data: new Uint8Array(0) }],
    ["connected", "an address", { data: bytes("a"), remoteAddress: "127.0.0.1" }],
    ["connected", "a port", { data: bytes("a"), remotePort: 9 }],
    ["connected", "a query type", { data: bytes("a"), dnsQueryType: "ipv4" }],
    ["bound", "no data", to],
    ["bound", "no bytes", { ...to, data: new ArrayBuffer(0) }],
    ["bound", "no address", { data: bytes("a"), remotePort: 9 }],
    ["bound", "no port", { data: bytes("a"), remoteAddress: "127.0.0.1" }],
    ["bound", "an unknown query type", { ...to, data: bytes("a"), dnsQueryType: "any" }],
  ];
  for (const [kind, name, message] of rows) {
    await using rig = kind === "bound" ? await bound() : await joined();
    const writer = rig.info.writable.getWriter();
    await assert.rejects(writer.write(message as UDPMessage), TypeError, `${kind}: ${name}`);
    await assert.rejects(writer.closed, TypeError, "and the stream is errored");
  }
});

Deno.test("high-water marks: 32 to read, 1 to write", async () => {
  await using rig = await joined();
  const writer = rig.info.writable.getWriter();
  assert.equal(writer.desiredSize, 1);
  const first = writer.write({ data: bytes("x") });
  assert.equal(writer.desiredSize, 0);
  await first;
  // 32 in the stream, 32 more by the credit that was given meanwhile, and those that the broker holds.
  for (let n = 0; n < 200; n++) await rig.peer.send(bytes(`${n}`), rig.info.localPort);
  await rig.peer.send(bytes("last"), rig.info.localPort);
  const seen: string[] = [];
  await until(() => rig.socket.dropped.received > 0);
  const reader = rig.info.readable.getReader();
  for (let n = 0; n < 64; n++) seen.push(text((await reader.read()).value?.data as Uint8Array));
  assert.deepEqual(seen, Array.from({ length: 64 }, (_, n) => `${n}`));
  assert.ok(rig.socket.dropped.received > 0 && rig.socket.dropped.reason === null);
});

Deno.test("opening fails: opened and closed reject together, as the error table says", async () => {
  const rows: [SessionError, string][] = [
    [{ code: "denied", phase: "policy", message: "No." }, "NotAllowedError"],
    [{ code: "limited", phase: "policy", message: "Too many." }, "NotAllowedError"],
    [{ code: "name-not-resolved", phase: "dns", message: "No such name." }, "NetworkError"],
    [{ code: "address-in-use", phase: "connect", message: "In use." }, "NetworkError"],
    [{ code: "invalid-target", phase: "policy", message: "No host." }, "NetworkError"],
  ];
  for (const [error, name] of rows) {
    await using rig = await connected();
    rig.rig.openUdp = () => Promise.reject(new ConnectError(error));
    const socket = new UDPSocket({ ...remote, gatehouse: rig.gatehouse });
    const fault = await socket.opened.then(() => null, (fault) => fault);
    assert.ok(fault instanceof DOMException && fault.name === name, `${error.code}: ${fault}`);
    assert.deepEqual((fault as unknown as { cause: unknown }).cause, error);
    await assert.rejects(socket.closed, (other) => other === fault);
    await assert.rejects(socket.close(), isException("InvalidStateError", /never opened/));
  }
});

Deno.test("a port that is taken is a NetworkError", async () => {
  await using rig = await bound();
  const { localPort } = rig.info;
  const second = new UDPSocket({ localAddress: "127.0.0.1", localPort, gatehouse: rig.gatehouse });
  await assert.rejects(second.opened, isException("NetworkError", /uses this address and port/));
});

Deno.test("close: while opening it rejects; locked it rejects; then closed resolves", async () => {
  await using rig = await joined();
  const opening = new UDPSocket({ ...remote, gatehouse: rig.gatehouse });
  await assert.rejects(opening.close(), isException("InvalidStateError", /opening/));
  await opening.opened.catch(() => {});
  const { socket, info } = rig;
  const reader = info.readable.getReader();
  await assert.rejects(socket.close(), isException("InvalidStateError", /locked/));
  reader.releaseLock();
  const writer = info.writable.getWriter();
  await assert.rejects(socket.close(), isException("InvalidStateError", /locked/));
  writer.releaseLock();
  assert.equal(await socket.close(), undefined);
  assert.equal(await socket.closed, undefined);
  assert.equal(await socket.close(), undefined, "again");
  await assert.rejects(write(info, { data: bytes("late") }), isException("AbortError", /closed/));
});

Deno.test("closing both streams closes the socket, and the broker's session", async () => {
  await using rig = await joined();
  const { socket, info } = rig;
  await info.writable.close();
  await rig.peer.send(bytes("still read"), info.localPort);
  assert.equal(text((await read(info)).data), "still read");
  await info.readable.cancel();
  await socket.closed;
  const { sessions } = rig.rig.udp.broker;
  await until(() => sessions.size === 0);
});

Deno.test("a session that is cut errors both streams with the reason", async () => {
  await using rig = await joined();
  const [live] = [...rig.rig.udp.broker.sessions.list()];
  const error: SessionError = { code: "permission-ended", phase: "policy", message: "Revoked." };
  live?.close(error);
  await assert.rejects(rig.socket.closed, isException("NetworkError", /Revoked/));
  await assert.rejects(read(rig.info), isException("NetworkError"));
  await assert.rejects(write(rig.info, { data: bytes("a") }), isException("NetworkError"));
});

Deno.test("signal ends the socket: before, while opening, and open", async () => {
  await using rig = await joined();
  const { gatehouse } = rig;
  const reason = new Error("enough");
  const early = new UDPSocket({ ...remote, gatehouse, signal: AbortSignal.abort(reason) });
  await assert.rejects(early.opened, (fault) => fault === reason);
  rig.rig.openUdp = () => new Promise(() => {});
  const aborter = new AbortController();
  const waiting = new UDPSocket({ ...remote, gatehouse, signal: aborter.signal });
  aborter.abort(reason);
  await assert.rejects(waiting.opened, (fault) => fault === reason);
  rig.rig.openUdp = (ask, events) => rig.rig.udp.open(ask, events);
  const last = new AbortController();
  const open = new UDPSocket({ localAddress: "127.0.0.1", gatehouse, signal: last.signal });
  await open.opened;
  last.abort(reason);
  await assert.rejects(open.closed, (fault) => fault === reason);
});

Deno.test("disposing ends it in any state, whoever holds its streams", async () => {
  await using rig = await joined();
  rig.info.readable.getReader();
  await rig.socket[Symbol.asyncDispose]();
  assert.equal(await rig.socket.closed, undefined);
  rig.rig.openUdp = () => new Promise(() => {});
  const opening = new UDPSocket({ ...remote, gatehouse: rig.gatehouse });
  await opening[Symbol.asyncDispose]();
  await assert.rejects(opening.opened, isException("AbortError"));
});

Deno.test("a person who is asked about the socket is announced", async () => {
  await using rig = await connected();
  const waiting = Promise.withResolvers<unknown>();
  rig.gatehouse.events.addEventListener("waiting", (event) => {
    waiting.resolve((event as CustomEvent).detail);
  });
  rig.rig.openUdp = (_, events) => {
    events.onWaiting(fakeId("req", 3));
    return new Promise(() => {});
  };
  new UDPSocket({ localAddress: "::", gatehouse: rig.gatehouse }).opened.catch(() => {});
  assert.deepEqual(await waiting.promise, {
    ...{ for: "request", requestId: fakeId("req", 3), target: "[::]:32768-65535" },
  });
});

Deno.test("a person who names the host is announced as asked about any", async () => {
  await using rig = await connected();
  setDefaultGatehouse(rig.gatehouse);
  const waiting = Promise.withResolvers<{ target: string }>();
  rig.gatehouse.events.addEventListener("waiting", (event) => {
    waiting.resolve((event as CustomEvent).detail);
  });
  const asked: unknown[] = [];
  rig.rig.openUdp = (ask, events) => {
    asked.push(ask.kind === "connected" && [ask.remoteAddress, ask.remotePort]);
    events.onWaiting(fakeId("req", 4));
    return new Promise(() => {});
  };
  openUDPSocket().catch(() => {});
  assert.equal((await waiting.promise).target, "*:*");
  assert.deepEqual(asked, [["*", 0]]);
});

Deno.test("what is dropped of the app's own is told, with the reason", async () => {
  await using rig = await bound();
  const { broker } = rig.rig.udp;
  broker.policy.replace({
    rules: [{
      ...{ id: "policy.rules[0]", effect: "allow", apps: ["*"], targets: ["*:*"], except: [] },
      ...{ capabilities: ["udp-bind"], reason: null },
    }],
    asking: { "udp-send": false },
  });
  const to = { remoteAddress: "1.1.1.1", remotePort: 9 };
  await write(rig.info, { ...to, data: bytes("a") });
  await until(() => rig.socket.dropped.sent > 0);
  assert.deepEqual({ ...rig.socket.dropped }, {
    ...{ received: 0, sent: 1, reason: "Your organisation does not let apps ask for this." },
  });
  assert.ok(Object.isFrozen(rig.socket.dropped));
});

Deno.test("groups: joined, listed, left; each fault as the table says", async () => {
  await using rig = await bound({ localAddress: "0.0.0.0", multicastAllowAddressSharing: true });
  const { groups } = rig;
  assert.throws(() => Reflect.construct(MulticastController, []), TypeError);
  assert.deepEqual(groups.joinedGroups, []);
  const invalid = Reflect.apply(groups.joinGroup, groups, []) as Promise<undefined>;
  await assert.rejects(invalid, TypeError);
  await assert.rejects(groups.joinGroup("group.example"), TypeError);
  await assert.rejects(groups.joinGroup("239.1.2.3", { sourceAddress: "a" }), TypeError);
  await assert.rejects(groups.leaveGroup("group.example"), TypeError);
  await assert.rejects(groups.leaveGroup("239.1.2.3"), isException("InvalidStateError"));
  const joining = groups.joinGroup("239.1.2.3");
  await assert.rejects(groups.joinGroup("239.1.2.3"), isException("InvalidStateError", /being/));
  assert.equal(await joining, undefined);
  const listed = groups.joinedGroups;
  assert.deepEqual(listed, ["239.1.2.3"]);
  assert.ok(Object.isFrozen(listed) && groups.joinedGroups === listed, "the same until it changes");
  await assert.rejects(groups.joinGroup("239.1.2.3"), isException("InvalidStateError", /already/));
  await assert.rejects(groups.joinGroup("10.0.0.1"), isException("NetworkError", /multicast/));
  await groups.leaveGroup("239.1.2.3");
  assert.deepEqual(groups.joinedGroups, []);
  await rig.socket.close();
  await assert.rejects(groups.joinGroup("239.1.2.3"), isException("InvalidStateError", /closed/));
});

Deno.test("groups of one source are memberships; addresses are normalised; closing leaves all", async () => {
  await using rig = await bound({ localAddress: "0.0.0.0" });
  const { groups, socket } = rig;
  await groups.joinGroup("232.1.2.3", { sourceAddress: "192.0.2.1" });
  const membership = { groupAddress: "232.1.2.3", sourceAddress: "192.0.2.1" };
  assert.deepEqual(groups.joinedGroups, [membership]);
  await assert.rejects(groups.leaveGroup("232.1.2.3"), isException("InvalidStateError"));
  await assert.rejects(groups.joinGroup("FF02::0FB"), isException("NetworkError"));
  await socket.close();
  assert.deepEqual(groups.joinedGroups, []);
  await using v6 = await bound({ localAddress: "::", ipv6Only: true });
  await v6.groups.joinGroup("FF02:0::0FB");
  assert.deepEqual(v6.groups.joinedGroups, ["ff02::fb"]);
  await v6.groups.leaveGroup("ff02::fb");
});

Deno.test("a group whose permission ends is left", async () => {
  await using rig = await bound({ localAddress: "0.0.0.0" });
  const { groups } = rig;
  await groups.joinGroup("239.1.2.3");
  const [live] = [...rig.rig.udp.broker.sessions.list()];
  rig.rig.udp.broker.policy.replace({});
  live?.review?.();
  await until(() => groups.joinedGroups.length === 0);
});

Deno.test("openUDPSocket: blobs both ways, those of others dropped, iteration ends with close", async () => {
  await using rig = await connected();
  setDefaultGatehouse(rig.gatehouse);
  using peer = new Peer();
  using other = new Peer();
  const socket = await openUDPSocket({ remoteAddress: "127.0.0.1", remotePort: peer.port });
  assert.deepEqual([socket.remoteAddress, socket.remotePort], ["127.0.0.1", peer.port]);
  await assert.rejects(socket.send("text" as never), TypeError);
  assert.equal(await socket.send(new Blob(["ping"])), undefined);
  const { text: sent, from } = await peer.receive();
  assert.equal(sent, "ping");
  await other.send(bytes("intruder"), from.port);
  await peer.send(bytes("pong"), from.port);
  const got: string[] = [];
  for await (const [{ remoteAddress, remotePort }, blob] of socket) {
    got.push(`${remoteAddress}:${remotePort} ${await blob.text()}`);
    break;
  }
  assert.deepEqual(got, [`127.0.0.1:${peer.port} pong`]);
  const rest = (async () => {
    for await (const [, blob] of socket) got.push(await blob.text());
  })();
  assert.equal(await socket.close(), undefined);
  await rest;
  assert.equal(got.length, 1);
});
