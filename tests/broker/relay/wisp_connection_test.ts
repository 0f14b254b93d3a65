/** Wisp: handshakes, credit, every reason, and what one stream's trouble does to the others. @module */
import assert from "node:assert/strict";
import type { SessionError } from "../../../broker/schema/session.ts";
import { maxFrontDatagrams } from "../../../broker/relay/front_datagrams.ts";
import type { WispPacket } from "../../../broker/relay/wisp_codec.ts";
import { settle } from "../../fakes/fake_clock.ts";
import { fakeId } from "../../fakes/fake_secrets.ts";
import { connect, data, refusal, utf8, WispRig } from "./front_end_rig.ts";

const info = (major: number, ...ids: number[]): WispPacket => ({
  type: "INFO",
  streamId: 0,
  major,
  minor: 0,
  extensions: ids.map((id) => ({ id, payload: new Uint8Array(0) })),
});
const close = (streamId: number): WispPacket => ({ type: "CLOSE", streamId, reason: 2 });

Deno.test("version 1 begins with credit, and carries bytes both ways", async () => {
  const rig = new WispRig(1);
  assert.deepEqual(rig.told(0), ["CONTINUE 128"]);
  await rig.send(connect(1), data(1, "early "));
  assert.deepEqual(rig.openings[0]?.ask, {
    contextId: fakeId("ctx", 1),
    remoteAddress: "example.com",
    remotePort: 993,
    noDelay: true,
    keepAlive: false,
    reason: null,
    userActivation: false,
  });
  const { connection, session } = await rig.succeed();
  await rig.send(data(1, "and late"));
  assert.equal(connection.writtenText, "early and late");
  connection.deliver(utf8("hello"));
  await settle();
  assert.deepEqual(rig.told(1), ["hello"]);
  assert.deepEqual([session.bytesSent, session.bytesReceived], [14, 5]);
});

Deno.test("version 2 shakes hands first, and confirms streams to clients that want it", async () => {
  for (const [ids, told] of [[[], []], [[1, 4], []], [[5], ["CONTINUE 127"]]] as const) {
    const rig = new WispRig(2);
    assert.deepEqual(rig.sent, [info(2, 1, 5)]);
    await rig.send(info(2, ...ids));
    assert.deepEqual(rig.told(0), ["INFO", "CONTINUE 128"]);
    await rig.send(connect(1), data(1, "x"));
    const { connection } = await rig.succeed();
    assert.deepEqual(rig.told(1), told);
    assert.equal(connection.writtenText, "x");
    rig.socket.emit("close");
    await settle();
    assert.equal(rig.clock.waiting, 0);
  }
});

Deno.test("a handshake that goes wrong ends the connection", async () => {
  const cases: [string, (rig: WispRig) => Promise<void>][] = [
    ["no INFO came in time", (rig) => rig.clock.advance(5000)],
    ["INFO has to come first", (rig) => rig.send(connect(1))],
    ["INFO of a version that has none", (rig) => rig.send(info(1))],
  ];
  for (const [reason, act] of cases) {
    const rig = new WispRig(2);
    await act(rig);
    assert.deepEqual(rig.told(0), ["INFO", "CLOSE 0x04"], reason);
    assert.deepEqual(rig.socket.closedWith, { code: 1002, reason });
    rig.socket.emit("close");
    assert.equal(rig.clock.waiting, 0);
  }
});

Deno.test("every failure has the protocol's own reason", async () => {
  const table: [SessionError["code"], SessionError["phase"], string][] = [
    ["denied", "policy", "0x48"],
    ["silenced", "policy", "0x48"],
    ["withdrawn", "policy", "0x48"],
    ["not-installed", "policy", "0x48"],
    ["limited", "policy", "0x49"],
    ["invalid-target", "policy", "0x41"],
    ["name-not-resolved", "dns", "0x42"],
    ["unreachable", "connect", "0x42"],
    ["connection-timed-out", "connect", "0x43"],
    ["connection-refused", "connect", "0x44"],
    ["connection-reset", "connect", "0x03"],
    ["connection-timed-out", "transfer", "0x47"],
    ["internal-error", "connect", "0x01"],
  ];
  const rig = new WispRig();
  for (const [index, [code, phase, reason]] of table.entries()) {
    await rig.send(connect(index + 1));
    await rig.openings.at(-1)?.fail(refusal(code, phase));
    assert.deepEqual(rig.told(index + 1), [`CLOSE ${reason}`], `${code} ${phase}`);
  }
  await rig.send(connect(99));
  await rig.openings.at(-1)?.fail(new TypeError("a fault of ours"));
  assert.deepEqual(rig.told(99), ["CLOSE 0x01"]);
  assert.deepEqual(rig.log.errors.map(({ event }) => event), ["front-end-fault"]);
  assert.equal(rig.wisp.streamCount, 0);
  assert.equal(rig.socket.closedWith, null);
});

Deno.test("the end of a connection has its reasons too", async () => {
  const rig = new WispRig();
  const [first, second, third] = [await rig.opened(1), await rig.opened(2), await rig.opened(3)];
  first.connection.deliver(utf8("bye"));
  first.connection.deliverFin();
  second.connection.deliverFault(refusal("connection-reset", "transfer"));
  rig.openings[2]?.events.onCut(refusal("permission-ended").error);
  await settle();
  assert.deepEqual(rig.told(1), ["bye", "CLOSE 0x02"]);
  assert.deepEqual(rig.told(2), ["CLOSE 0x03"]);
  assert.deepEqual(rig.told(3), ["CLOSE 0x48"]);
  assert.deepEqual(
    [first, second, third].map(({ ends, connection }) => [ends[0]?.code, connection.closed]),
    [[undefined, true], ["connection-reset", true], ["permission-ended", true]],
  );
});

Deno.test("a stream of datagrams: each packet is one, either way, and credit is none of theirs", async () => {
  const rig = new WispRig();
  await rig.send(connect(1, 2), data(1, "early"), data(1, ""));
  const [opening] = rig.udpOpenings;
  assert.deepEqual(opening?.ask, {
    ...{ kind: "connected", contextId: rig.contextId, remoteAddress: "example.com" },
    ...{ remotePort: 993, reason: null, userActivation: false },
  });
  const udp = await opening.succeed();
  assert.deepEqual(udp.sent.map(({ bytes }) => bytes.length), [5, 0], "what came early went out");
  for (let n = 0; n < 300; n++) await rig.send(data(1, `${n}`));
  assert.equal(udp.sent.length, 302);
  udp.deliver("one");
  udp.deliver("");
  udp.deliver("two");
  await settle();
  assert.deepEqual(rig.told(1), ["one", "", "two"], "no CONTINUE among them");
  assert.deepEqual([udp.session.bytesReceived, udp.session.datagrams?.received], [6, 3]);
  opening.events.onCut(refusal("permission-ended").error);
  assert.deepEqual(rig.told(1).at(-1), "CLOSE 0x48");
  assert.equal(rig.wisp.streamCount, 0);
});

Deno.test("datagrams that can't be kept are dropped: while a person decides, and for a slow client", async () => {
  const rig = new WispRig();
  await rig.send(connect(1, 2), ...Array.from({ length: 200 }, (_, n) => data(1, `${n}`)));
  const udp = await rig.udpOpenings[0]?.succeed();
  assert.equal(udp?.sent.length, maxFrontDatagrams);
  rig.socket.stalled = true;
  for (let n = 0; n < 200; n++) udp?.deliver("x");
  await settle();
  assert.equal(rig.told(1).length, maxFrontDatagrams);
  assert.equal(udp?.session.datagrams?.droppedReceived, 200 - maxFrontDatagrams);
  if (udp) udp.sending = new Promise(() => {});
  for (let n = 0; n < 200; n++) await rig.send(data(1, "x"));
  assert.equal(udp?.session.datagrams?.droppedSent, 200 - maxFrontDatagrams - 1);
});

Deno.test("a stream of datagrams ends with its faults, and lets out what was sent when its client lets go", async () => {
  const rig = new WispRig();
  await rig.send(connect(1, 2), connect(2, 2), connect(3, 2), connect(4, 2));
  await rig.udpOpenings[0]?.fail(refusal("denied"));
  assert.deepEqual(rig.told(1), ["CLOSE 0x48"]);
  const second = await rig.udpOpenings[1]?.succeed();
  second?.tell?.onFault(refusal("message-too-big", "transfer").error);
  assert.deepEqual(rig.told(2), ["CLOSE 0x03"]);
  const third = await rig.udpOpenings[2]?.succeed();
  const sending = Promise.withResolvers<void>();
  if (third) third.sending = sending.promise;
  await rig.send(data(3, "a"), data(3, "b"), close(3), close(4));
  assert.deepEqual(third?.ends, []);
  sending.resolve();
  await settle();
  assert.deepEqual([third?.sent.length, third?.ends], [2, [null]]);
  assert.ok(rig.udpOpenings[3]?.events.signal.aborted);
  assert.deepEqual([rig.told(3), rig.told(4), rig.clock.waiting], [[], [], 1]);
});

Deno.test("version 2 carries datagrams where the client has the extension; a type that nobody knows is refused", async () => {
  for (const [ids, told] of [[[5], ["CLOSE 0x48"]], [[1], []]] as const) {
    const rig = new WispRig(2);
    await rig.send(info(2, ...ids), connect(1, 2), connect(2, 3));
    assert.deepEqual([rig.told(1), rig.told(2)], [told, ["CLOSE 0x41"]]);
    assert.equal(rig.udpOpenings.length, 1 - told.length);
  }
});

Deno.test("while a person decides, 128 packets are held, and one more ends the stream", async () => {
  const rig = new WispRig();
  await rig.send(connect(1), connect(2));
  for (let n = 0; n < 128; n++) await rig.send(data(1, "x"), data(2, "x"));
  assert.deepEqual([rig.told(1), rig.told(2)], [[], []]);
  await rig.send(data(2, "x"));
  assert.deepEqual([rig.told(1), rig.told(2)], [[], ["CLOSE 0x49"]]);
  assert.ok(rig.openings[1]?.events.signal.aborted);
  const opened = await rig.openings[0]?.succeed();
  assert.equal(opened?.connection.writtenText.length, 128);
});

Deno.test("credit comes after each 64 packets that were written, as much as there is room", async () => {
  const rig = new WispRig();
  const { connection } = await rig.opened(1);
  connection.stalled = true;
  await rig.send(...Array.from({ length: 128 }, () => data(1, "x")));
  assert.deepEqual(rig.told(1), []);
  while (connection.writtenText.length < 128) {
    connection.stalled = false;
    connection.resumeWrites();
    await settle();
  }
  // The first packet was written alone, and then 64 as one.
  assert.deepEqual(rig.told(1), ["CONTINUE 65", "CONTINUE 128"]);
  // Both may have been on their way while the client sent: all of it may come, and no more.
  const given = rig.told(1).reduce((sum, word) => sum + Number(word.split(" ")[1]), 0);
  connection.stalled = true;
  await rig.send(...Array.from({ length: given }, () => data(1, "y")));
  assert.ok(rig.told(1).every((word) => word.startsWith("CONTINUE")));
  await rig.send(data(1, "z"));
  assert.equal(rig.told(1).at(-1), "CLOSE 0x49");
});

Deno.test("a connection that takes nothing holds up its own stream alone", async () => {
  const rig = new WispRig();
  const stuck = await rig.opened(1);
  const free = await rig.opened(2);
  stuck.connection.stalled = true;
  for (let n = 0; n < 100; n++) await rig.send(data(1, "x"));
  for (let n = 0; n < 1000; n++) await rig.send(data(2, "y"));
  assert.equal(free.connection.writtenText.length, 1000);
  assert.deepEqual(rig.told(1), []);
  assert.deepEqual(new Set(rig.told(2)), new Set(["CONTINUE 128"]));
});

Deno.test("a client that does not read stops the reading of its connections, and nothing is lost", async () => {
  const rig = new WispRig(1, { minReadBytes: 1024, maxReadBytes: 4096 });
  const { connection } = await rig.opened(1);
  rig.socket.stalled = true;
  connection.deliver(new Uint8Array(1024 * 1024));
  connection.deliverFin();
  await settle();
  const held = 1024 * 1024 - connection.unreadBytes;
  assert.ok(held <= 3 * 4096, `${held} bytes were read`);
  rig.socket.release();
  while (rig.wisp.streamCount > 0) await settle();
  const sizes = rig.sent.map((packet) => packet.type === "DATA" ? packet.bytes.length : 0);
  assert.equal(sizes.reduce((sum, size) => sum + size), 1024 * 1024);
  assert.ok(Math.max(...sizes) <= 4096);
  assert.equal(rig.told(1).at(-1), "CLOSE 0x02");
});

Deno.test("when too much is held, whoever holds most of it goes", async () => {
  const rig = new WispRig(1, { maxHeldBytes: 10_000 });
  await rig.send(connect(1), connect(2), connect(3));
  await rig.send(data(1, "x".repeat(3000)), data(2, "x".repeat(5000)), data(3, "small"));
  assert.equal(rig.wisp.streamCount, 3);
  await rig.send(data(3, "x".repeat(2000)));
  assert.deepEqual([rig.told(1), rig.told(2), rig.told(3)], [[], ["CLOSE 0x49"], []]);
  await rig.send(data(3, "x".repeat(2000)));
  assert.equal(rig.wisp.streamCount, 2);
});

Deno.test("what the client sent before it closed is still written, and an answer is dropped", async () => {
  const rig = new WispRig();
  const { connection, ends } = await rig.opened(1);
  connection.stalled = true;
  await rig.send(data(1, "last "), data(1, "words"), close(1), data(1, "too late"));
  assert.equal(connection.closed, false);
  connection.deliver(utf8("an answer"));
  connection.resumeWrites();
  await settle();
  assert.equal(connection.writtenText, "last words");
  assert.deepEqual([connection.closed, ends, rig.told(1)], [true, [null], []]);
  assert.equal(rig.clock.waiting, 1, "the keep-alive alone");
});

Deno.test("what the server has not taken 30 s after the end is dropped", async () => {
  const rig = new WispRig();
  const { connection } = await rig.opened(1);
  connection.stalled = true;
  await rig.send(data(1, "never taken"));
  connection.deliverFin();
  await settle();
  assert.deepEqual([rig.told(1), connection.closed], [["CLOSE 0x02"], false]);
  rig.socket.emit("pong");
  await rig.clock.advance(30_000);
  assert.equal(connection.closed, true);
});

Deno.test("a client that lets go while it waits withdraws, and what opens late is closed", async () => {
  const rig = new WispRig();
  await rig.send(connect(1), data(1, "x"), close(1));
  assert.ok(rig.openings[0]?.events.signal.aborted);
  assert.deepEqual([rig.told(1), rig.wisp.streamCount], [[], 0]);
  const { connection } = await rig.opened(1);
  assert.equal(connection.closed, false, "its number may be used again");
});

Deno.test("packets out of order end what they concern and nothing else", async () => {
  const rig = new WispRig();
  const bystander = await rig.opened(1);
  await rig.opened(2);
  await rig.send(data(9, "nobody"), close(9));
  await rig.send(connect(2));
  await rig.opened(3);
  await rig.send({ type: "CONTINUE", streamId: 3, creditPackets: 1 });
  rig.socket.emit("message", Uint8Array.of(1, 7, 0, 0, 0), true);
  rig.socket.emit("message", utf8("text"), false);
  assert.deepEqual([rig.told(9), rig.told(2), rig.told(3), rig.told(7)], [
    [],
    ["CLOSE 0x41"],
    ["CLOSE 0x41"],
    ["CLOSE 0x41"],
  ]);
  await rig.send(data(1, "still here"));
  assert.equal(bystander.connection.writtenText, "still here");
  assert.equal(rig.socket.closedWith, null);
});

Deno.test("packets that concern no stream end the connection with every stream", async () => {
  const cases: [Uint8Array, number][] = [
    [Uint8Array.of(1, 2), 1002],
    [Uint8Array.of(9, 1, 0, 0, 0), 1002],
    [Uint8Array.of(5, 0, 0, 0, 0, 2, 0), 1002],
    [Uint8Array.of(1, 0, 0, 0, 0, 1, 80, 0, 97), 1002],
    [Uint8Array.of(4, 0, 0, 0, 0, 2), 1000],
  ];
  for (const [message, code] of cases) {
    const rig = new WispRig();
    const { connection } = await rig.opened(1);
    rig.socket.emit("message", message, true);
    assert.equal(rig.socket.closedWith?.code, code);
    assert.ok(connection.closed);
    assert.equal(rig.wisp.streamCount, 0);
  }
});

Deno.test("streams are bounded in number", async () => {
  const rig = new WispRig(1, { maxStreams: 2 });
  await rig.send(connect(1), connect(2), connect(3));
  assert.deepEqual(rig.told(3), ["CLOSE 0x49"]);
  await rig.send(close(1), connect(4));
  assert.deepEqual(rig.told(4), []);
});

Deno.test("a client that asks and never reads the answers is cut", async () => {
  const rig = new WispRig(1, { maxPendingControlBytes: 1000 });
  rig.socket.stalled = true;
  let streamId = 0;
  while (!rig.socket.terminated && streamId < 1000) await rig.send(connect(++streamId, 3));
  assert.ok(streamId > 10 && streamId < 200, `${streamId}`);
  await rig.wisp.closed;
});

Deno.test("the end of the WebSocket ends every stream", async () => {
  const rig = new WispRig();
  const { connection, ends } = await rig.opened(1);
  await rig.send(connect(2));
  rig.socket.emit("close");
  await rig.wisp.closed;
  await settle();
  assert.deepEqual([connection.closed, ends[0]?.code], [true, "app-gone"]);
  assert.ok(rig.openings[1]?.events.signal.aborted);
  assert.deepEqual(rig.log.errors, []);
  assert.equal(rig.clock.waiting, 0);
});
