/** UDP sockets over a relay: frames both ways, credit, what is dropped and told, groups, and how it ends. @module */
import assert from "node:assert/strict";
import { maxWaitingDatagrams } from "../../../broker/relay/datagram_inbox.ts";
import { droppedIntervalMs, maxUdpWindow } from "../../../broker/relay/udp_pump.ts";
import type { Frame } from "../../../broker/relay/frame_codec.ts";
import { ConnectError } from "../../../broker/actions/ports.ts";
import type { SessionError } from "../../../broker/schema/session.ts";
import { settle } from "../../fakes/fake_clock.ts";
import { fakeId } from "../../fakes/fake_secrets.ts";
import { RelayRig } from "./relay_rig.ts";

const bytes = (text: string) => new TextEncoder().encode(text);
const toPeer = (text: string): Frame => ({
  ...{ type: "DATAGRAM", streamId: 1, family: 0, host: "", port: 0, bytes: bytes(text) },
});
const to = (host: string, port: number, text: string): Frame => ({
  ...{ type: "DATAGRAM", streamId: 1, family: 0, host, port, bytes: bytes(text) },
});
const denied: SessionError = { code: "denied", phase: "policy", message: "No." };

/** What the app was sent, in words. */
function told(rig: RelayRig): string[] {
  return rig.socket.sent.map((frame) => {
    switch (frame.type) {
      case "DATAGRAM":
        return `${frame.host}:${frame.port} ${new TextDecoder().decode(frame.bytes)}`;
      case "CREDIT":
        return `CREDIT ${frame.addedBytes}`;
      case "DROPPED":
        return `DROPPED ${frame.body.receivedCount} ${frame.body.sentCount} ${
          frame.body.error?.code ?? "-"
        }`;
      case "DONE":
        return `DONE ${frame.body.callId} ${frame.body.error?.code ?? "-"}`;
      case "LEAVE":
        return `LEAVE ${frame.body.callId} ${frame.body.groupAddress}`;
      case "CLOSE":
        return `CLOSE ${frame.body.error?.code ?? "-"}`;
      default:
        return frame.type;
    }
  });
}

Deno.test("what is asked for reaches the action, connected and bound", async () => {
  const rig = new RelayRig();
  await rig.openedUdp(1, { dnsQueryType: "ipv6", reason: "Names" });
  await rig.openedUdp(2, {
    ...{ localAddress: "::", localPort: 5353, ipv6Only: true, multicastTimeToLive: 4 },
    ...{ multicastLoopback: false, multicastAllowAddressSharing: true },
  });
  const [connected, bound] = rig.udpOpenings.map(({ ask }) => ask);
  const common = { contextId: fakeId("ctx", 1), userActivation: false };
  assert.deepEqual(connected, {
    ...{ kind: "connected", remoteAddress: "ns.example.com", remotePort: 53, family: 6 },
    ...{ ...common, reason: "Names" },
  });
  assert.deepEqual(bound, {
    ...{ kind: "bound", localAddress: "::", localPort: 5353, ipv6Only: true },
    ...{ sharesAddress: true, multicastTimeToLive: 4, multicastLoopback: false },
    ...{ ...common, reason: null },
  });
  const [first, second] = rig.socket.sent;
  assert.ok(first?.type === "OPENED" && second?.type === "OPENED");
  assert.deepEqual([first.body.remoteAddress, first.body.remotePort], ["192.0.2.53", 53]);
  assert.equal(first.body.credit, maxUdpWindow);
  assert.ok(!("remoteAddress" in second.body));
});

Deno.test("datagrams go both ways, those of a bound socket with their other end", async () => {
  const rig = new RelayRig();
  const connected = await rig.openedUdp(1);
  rig.forget();
  await rig.send(toPeer("query"), toPeer(""));
  assert.deepEqual(connected.sent.map(({ host, bytes }) => [host, bytes.length]), [["", 5], [
    "",
    0,
  ]]);
  connected.deliver("answer");
  connected.deliver("");
  await settle();
  assert.deepEqual(told(rig), [":0 answer", ":0 "]);
  assert.deepEqual([connected.session.bytesReceived, connected.session.datagrams?.received], [
    6,
    2,
  ]);

  const other = new RelayRig();
  const bound = await other.openedUdp(1, { localAddress: "0.0.0.0" });
  other.forget();
  await other.send(to("203.0.113.9", 6881, "ping"));
  assert.deepEqual(bound.sent.map(({ host, port }) => [host, port]), [["203.0.113.9", 6881]]);
  bound.deliver("pong", { address: "203.0.113.9", port: 6881 });
  bound.deliver("hi", { address: "2001:db8::9", port: 53 });
  await settle();
  assert.deepEqual(told(other), ["203.0.113.9:6881 pong", "2001:db8::9:53 hi"]);
  const [four, six] = other.socket.sent;
  assert.deepEqual([four, six].map((frame) => frame?.type === "DATAGRAM" && frame.family), [4, 6]);
});

Deno.test("without credit a few wait, the rest is dropped, counted and told once a second", async () => {
  const rig = new RelayRig();
  const udp = await rig.openedUdp(1, { credit: 2 });
  rig.forget();
  for (let n = 0; n < 2 + maxWaitingDatagrams + 3; n++) udp.deliver(`${n}`);
  await settle();
  assert.deepEqual(told(rig), ["DROPPED 1 0 -", ":0 0", ":0 1"]);
  rig.forget();
  await rig.clock.advance(droppedIntervalMs);
  assert.deepEqual(told(rig), ["DROPPED 3 0 -"]);
  await rig.clock.advance(droppedIntervalMs);
  assert.equal(rig.clock.waiting, 1, "only the relay's own ping: what is told is told once");
  rig.forget();
  await rig.send({ type: "CREDIT", streamId: 1, addedBytes: 1 });
  await settle();
  assert.deepEqual(told(rig), [":0 2"]);
  udp.deliver("next");
  await rig.send({ type: "CREDIT", streamId: 1, addedBytes: 100 });
  await settle();
  await settle();
  const texts = told(rig);
  assert.deepEqual([texts.length, texts.at(-1)], [1 + maxWaitingDatagrams, ":0 next"]);
  assert.equal(udp.session.datagrams?.droppedReceived, 3);
});

Deno.test("an app that gives credit and does not read its WebSocket has no more on its way than a few", async () => {
  const rig = new RelayRig();
  const udp = await rig.openedUdp(1, { credit: 0xffffffff });
  rig.forget();
  rig.socket.stalled = true;
  for (let n = 0; n < 200; n++) udp.deliver(`${n}`);
  await settle();
  assert.equal(told(rig).filter((line) => line.startsWith(":0")).length, maxWaitingDatagrams);
  assert.equal(udp.session.datagrams?.droppedReceived, 200 - 2 * maxWaitingDatagrams);
  rig.socket.release();
  await settle();
  await settle();
  assert.equal(told(rig).filter((line) => line.startsWith(":0")).length, 2 * maxWaitingDatagrams);
});

Deno.test("long datagrams wait only as far as the stream's share of memory goes", async () => {
  const rig = new RelayRig({ windowPoolBytes: 8 * 100_000, minWindowBytes: 1000 });
  const udp = await rig.openedUdp(1, { credit: 0 });
  const [opened] = rig.socket.sent;
  assert.ok(opened?.type === "OPENED" && opened.body.credit === 1, "and so does the app's credit");
  for (let n = 0; n < 10; n++) udp.deliver("x".repeat(30_000));
  assert.equal(udp.session.datagrams?.droppedReceived, 7);
});

Deno.test("credit comes back as datagrams are sent; without it the stream ends", async () => {
  const rig = new RelayRig();
  const udp = await rig.openedUdp(1);
  rig.forget();
  await rig.send(...Array.from({ length: 20 }, (_, n) => toPeer(`${n}`)));
  assert.equal(udp.sent.length, 20);
  assert.deepEqual(told(rig), ["CREDIT 8", "CREDIT 8"]);
  udp.sending = new Promise(() => {});
  rig.forget();
  await rig.send(...Array.from({ length: 28 }, () => toPeer("x")));
  assert.deepEqual(told(rig), []);
  await rig.send(toPeer("one too many"));
  assert.deepEqual(told(rig), ["CLOSE protocol-error"]);
  assert.equal(udp.ends[0]?.code, "protocol-error");
});

Deno.test("the app's own drops are told with the reason of the last", async () => {
  const rig = new RelayRig();
  const udp = await rig.openedUdp(1, { localAddress: "0.0.0.0" });
  rig.forget();
  udp.tell?.onDropped(denied);
  udp.tell?.onDropped({ ...denied, code: "limited" });
  await rig.clock.advance(droppedIntervalMs);
  assert.deepEqual(told(rig), ["DROPPED 0 1 denied", "DROPPED 0 2 limited"]);
  udp.tell?.onDropped(denied);
  udp.tell?.onFault({ ...denied, code: "message-too-big" });
  assert.deepEqual(told(rig).slice(2), ["DROPPED 0 3 denied", "CLOSE message-too-big"]);
  assert.equal(rig.clock.waiting, 1, "no timer is left but the relay's ping");
});

Deno.test("groups: calls are answered, in whatever order they end", async () => {
  const rig = new RelayRig();
  const udp = await rig.openedUdp(1, { localAddress: "0.0.0.0" });
  rig.forget();
  const join = (callId: number, groupAddress: string): Frame => ({
    ...{ type: "JOIN", streamId: 1, body: { callId, groupAddress } },
  });
  await rig.send(join(1, "239.0.0.1"), join(2, "239.0.0.2"));
  udp.tell?.onWaiting(fakeId("req", 7));
  udp.joins[1]?.succeed();
  await settle();
  udp.joins[0]?.fail(denied);
  await settle();
  await rig.send({ type: "LEAVE", streamId: 1, body: { callId: 3, groupAddress: "239.0.0.2" } });
  udp.tell?.onLeft({ groupAddress: "239.0.0.9" });
  assert.deepEqual(told(rig), [
    "WAITING",
    "DONE 2 -",
    "DONE 1 denied",
    "DONE 3 -",
    "LEAVE 0 239.0.0.9",
  ]);
  udp.leave = () => {
    throw new ConnectError({ ...denied, code: "invalid-target" });
  };
  await rig.send({ type: "LEAVE", streamId: 1, body: { callId: 4, groupAddress: "239.0.0.2" } });
  assert.equal(told(rig).at(-1), "DONE 4 invalid-target");
});

Deno.test("STOP drops what comes; what has no place in a UDP stream ends it", async () => {
  const rig = new RelayRig();
  const udp = await rig.openedUdp(1);
  rig.forget();
  await rig.send({ type: "STOP", streamId: 1 });
  udp.deliver("unheard");
  await settle();
  assert.deepEqual(told(rig), []);
  const rows: [boolean, Frame][] = [
    [true, { type: "DATA", streamId: 1, bytes: bytes("x") }],
    [true, { type: "FIN", streamId: 1 }],
    [true, to("192.0.2.1", 53, "a host for a connected socket")],
    [false, toPeer("no host for a bound one")],
  ];
  for (const [isConnected, frame] of rows) {
    const rig = new RelayRig();
    await rig.openedUdp(1, isConnected ? {} : { localAddress: "0.0.0.0" });
    rig.forget();
    await rig.send(frame);
    assert.deepEqual(told(rig), ["CLOSE protocol-error"], frame.type);
  }
});

Deno.test("CLOSE lets go: what was sent before still goes out, for a while", async () => {
  const rig = new RelayRig();
  const udp = await rig.openedUdp(1);
  const sending = Promise.withResolvers<void>();
  udp.sending = sending.promise;
  rig.forget();
  await rig.send(toPeer("a"), toPeer("b"), { type: "CLOSE", streamId: 1, body: { error: null } });
  udp.deliver("unheard");
  await settle();
  assert.deepEqual([udp.ends, told(rig)], [[], []]);
  sending.resolve();
  await settle();
  assert.deepEqual([udp.sent.length, udp.ends, told(rig)], [2, [null], []]);

  const stuck = await rig.openedUdp(2);
  stuck.sending = new Promise(() => {});
  const frame = { ...toPeer("a"), streamId: 2 } as Frame;
  await rig.send(frame, { type: "CLOSE", streamId: 2, body: { error: null } });
  assert.deepEqual(stuck.ends, []);
  await rig.clock.advance(30_000);
  assert.deepEqual(stuck.ends, [null]);
  assert.equal(rig.relay.streamCount, 0);
});

Deno.test("a socket that is cut, or whose relay ends, is closed once", async () => {
  const rig = new RelayRig();
  const udp = await rig.openedUdp(1);
  rig.forget();
  rig.udpOpenings[0]?.events.onCut({ ...denied, code: "permission-ended" });
  assert.deepEqual(told(rig), ["CLOSE permission-ended"]);
  const second = await rig.openedUdp(2);
  rig.socket.emit("close");
  await rig.relay.closed;
  assert.deepEqual([udp.ends.length, second.ends.map((error) => error?.code)], [1, ["app-gone"]]);
});

Deno.test("after CLOSE no datagram follows, though it came before", async () => {
  const rig = new RelayRig();
  const udp = await rig.openedUdp(1);
  rig.forget();
  udp.deliver("on its way");
  udp.tell?.onFault({ ...denied, code: "internal-error", phase: "transfer" });
  await settle();
  assert.deepEqual(told(rig), ["CLOSE internal-error"]);
});
