import assert from "node:assert/strict";
import { ConnectError } from "../../../broker/actions/ports.ts";
import type { Frame } from "../../../broker/relay/frame_codec.ts";
import type { FakeRelaySocket } from "../../fakes/fake_relay_socket.ts";
import { settle } from "../../fakes/fake_clock.ts";
import { RelayRig } from "./relay_rig.ts";

const text = (value: string) => new TextEncoder().encode(value);
const data = (streamId: number, bytes: Uint8Array): Frame => ({ type: "DATA", streamId, bytes });
const fin: Frame = { type: "FIN", streamId: 1 };
const stop: Frame = { type: "STOP", streamId: 1 };

function receivedBytes(socket: FakeRelaySocket, streamId = 1): number {
  return socket.framesOf("DATA")
    .filter((frame) => frame.streamId === streamId)
    .reduce((sum, { bytes }) => sum + bytes.length, 0);
}

Deno.test("bytes go both ways, in order and counted", async () => {
  const rig = new RelayRig();
  const { connection, session } = await rig.opened(1);
  connection.deliver(text("* OK\r\n"));
  await rig.send(data(1, text("A1 NO")), data(1, text("OP\r\n")));
  assert.equal(connection.writtenText, "A1 NOOP\r\n");
  assert.deepEqual(rig.socket.framesOf("DATA"), [data(1, text("* OK\r\n"))]);
  assert.deepEqual([session.bytesSent, session.bytesReceived], [9, 6]);
});

Deno.test("the broker sends no more than the app gave credit for", async () => {
  const rig = new RelayRig();
  const { connection } = await rig.opened(1, { credit: 10 });
  connection.deliver(new Uint8Array(25));
  await settle();
  assert.equal(receivedBytes(rig.socket), 10);
  await rig.send({ type: "CREDIT", streamId: 1, addedBytes: 5 });
  assert.equal(receivedBytes(rig.socket), 15);
  await rig.send({ type: "CREDIT", streamId: 1, addedBytes: 100 });
  assert.equal(receivedBytes(rig.socket), 25);
});

Deno.test("credit that came while the person was asked counts", async () => {
  const rig = new RelayRig();
  const opening = { type: "OPEN", streamId: 1 } as const;
  const body = { protocol: "tcp", remoteAddress: "a", remotePort: 1, credit: 0 } as const;
  await rig.send({ ...opening, body: { ...body, noDelay: false, userActivation: false } });
  await rig.send({ type: "CREDIT", streamId: 1, addedBytes: 3 });
  const opened = await rig.openings[0]?.succeed();
  opened?.connection.deliver(new Uint8Array(9));
  await settle();
  assert.equal(receivedBytes(rig.socket), 3);
});

Deno.test("an app that sends beyond its credit loses that stream alone", async () => {
  const rig = new RelayRig({ maxWindowBytes: 10, minWindowBytes: 1 });
  const first = await rig.opened(1);
  const second = await rig.opened(2);
  first.connection.stalled = true;
  await rig.send(data(1, new Uint8Array(10)));
  assert.equal(rig.socket.framesOf("CLOSE").length, 0);
  await rig.send(data(1, new Uint8Array(1)), data(2, text("on")));
  assert.deepEqual(first.ends.map((error) => error?.code), ["protocol-error"]);
  assert.ok(first.connection.closed);
  assert.equal(second.connection.writtenText, "on");
  assert.equal(rig.socket.closedWith, null);
});

Deno.test("the broker gives credit again for what is written, not for what waits", async () => {
  const rig = new RelayRig({ maxWindowBytes: 100, minWindowBytes: 1 });
  const { connection } = await rig.opened(1);
  connection.stalled = true;
  await rig.send(data(1, new Uint8Array(60)));
  assert.equal(rig.socket.framesOf("CREDIT").length, 0);
  connection.resumeWrites();
  await settle();
  assert.deepEqual(rig.socket.framesOf("CREDIT").map(({ addedBytes }) => addedBytes), [60]);
  await rig.send(data(1, new Uint8Array(100)));
  assert.equal(connection.writes.reduce((sum, { length }) => sum + length, 0), 160);
});

Deno.test("a flood of single bytes costs little: what waits is joined", async () => {
  const rig = new RelayRig();
  const { connection } = await rig.opened(1);
  connection.stalled = true;
  for (let n = 0; n < 10_000; n++) rig.socket.deliver(data(1, Uint8Array.of(n)));
  await settle();
  connection.resumeWrites();
  await settle();
  const written = connection.writes.flatMap((bytes) => [...bytes]);
  assert.deepEqual(written, Array.from({ length: 10_000 }, (_, n) => n & 0xff));
  assert.ok(connection.writes.length <= 3, `${connection.writes.length} writes`);
});

Deno.test("a WebSocket that does not drain stops the reading of sockets", async () => {
  const rig = new RelayRig({ minReadBytes: 1000, maxReadBytes: 1000 });
  const { connection } = await rig.opened(1);
  rig.socket.stalled = true;
  connection.deliver(new Uint8Array(100_000));
  await settle();
  assert.ok(receivedBytes(rig.socket) <= 1000);
  assert.ok(connection.unreadBytes >= 98_000);
  rig.socket.release();
  await settle();
  assert.equal(receivedBytes(rig.socket), 100_000);
});

Deno.test("buffers follow what comes, between their bounds", async () => {
  const rig = new RelayRig({ minReadBytes: 1000, maxReadBytes: 4000 });
  const { connection } = await rig.opened(1);
  connection.deliver(new Uint8Array(15_000));
  await settle();
  assert.deepEqual(connection.rooms.slice(0, 5), [1000, 2000, 4000, 4000, 4000]);
  for (let n = 0; n < 3; n++) {
    connection.deliver(new Uint8Array(1));
    await settle();
  }
  assert.equal(connection.rooms.at(-1), 1000);
});

Deno.test("a reader that stalls does not slow another down", async () => {
  const rig = new RelayRig();
  const stalled = await rig.opened(1, { credit: 1 });
  const flowing = await rig.opened(2);
  stalled.connection.deliver(new Uint8Array(500_000));
  flowing.connection.deliver(new Uint8Array(500_000));
  await settle();
  assert.equal(receivedBytes(rig.socket, 1), 1);
  assert.equal(receivedBytes(rig.socket, 2), 500_000);
});

Deno.test("FIN from the app is half-close: what waits is written first, reading goes on", async () => {
  const rig = new RelayRig();
  const { connection, ends } = await rig.opened(1);
  connection.stalled = true;
  await rig.send(data(1, text("bye")), fin);
  assert.equal(connection.writeClosed, false);
  connection.resumeWrites();
  await settle();
  assert.ok(connection.writeClosed);
  connection.deliver(text("last words"));
  await settle();
  assert.equal(receivedBytes(rig.socket), 10);
  assert.deepEqual(ends, []);
  connection.deliverFin();
  await settle();
  assert.deepEqual(ends, [null]);
  assert.deepEqual(rig.socket.types(1), ["OPENED", "DATA", "FIN", "CLOSE"]);
  assert.equal(rig.socket.framesOf("CLOSE")[0]?.body.error, null);
});

Deno.test("FIN from the server is half-close: the app can still write", async () => {
  const rig = new RelayRig();
  const { connection, ends } = await rig.opened(1);
  connection.deliver(text("bye"));
  connection.deliverFin();
  await settle();
  assert.deepEqual(rig.socket.types(1), ["OPENED", "DATA", "FIN"]);
  await rig.send(data(1, text("thanks")));
  assert.equal(connection.writtenText, "thanks");
  assert.deepEqual(ends, []);
  await rig.send(fin);
  assert.deepEqual(ends, [null]);
});

Deno.test("nothing may follow the app's FIN", async () => {
  for (const frame of [fin, data(1, text("x"))]) {
    const rig = new RelayRig();
    const { ends } = await rig.opened(1);
    await rig.send(fin, frame);
    assert.deepEqual(ends.map((error) => error?.code), ["protocol-error"]);
    assert.equal(rig.socket.closedWith, null);
  }
});

Deno.test("STOP drops what the server still sends, without credit, and writing goes on", async () => {
  const rig = new RelayRig();
  const { connection, session, ends } = await rig.opened(1, { credit: 5 });
  connection.deliver(new Uint8Array(20));
  await settle();
  await rig.send(stop);
  assert.equal(receivedBytes(rig.socket), 5);
  assert.equal(connection.unreadBytes, 0);
  assert.equal(session.bytesReceived, 20);
  await rig.send(data(1, text("on")));
  assert.equal(connection.writtenText, "on");
  assert.deepEqual(ends, []);
  await rig.send(fin);
  assert.deepEqual(ends, [null]);
});

Deno.test("an app that has let go does not hold the connection open for ever", async () => {
  const rig = new RelayRig({ lingerMs: 5000, pingIntervalMs: 1e9 });
  const { connection, ends } = await rig.opened(1);
  connection.stalled = true;
  await rig.send(data(1, text("unread")), fin, stop);
  await rig.clock.advance(4999);
  assert.deepEqual(ends, []);
  await rig.clock.advance(1);
  assert.deepEqual(ends, [null]);
  assert.ok(connection.closed);
});

Deno.test("CLOSE without an error lets go: what was sent is written, nothing more is sent or minded", async () => {
  const rig = new RelayRig({ maxWindowBytes: 16, minWindowBytes: 1 });
  const { connection, ends } = await rig.opened(1);
  connection.stalled = true;
  await rig.send(data(1, text("last words")), {
    type: "CLOSE",
    streamId: 1,
    body: { error: null },
  });
  await rig.send(data(1, new Uint8Array(99)), fin, stop);
  connection.deliver(text("unheard"));
  await settle();
  assert.deepEqual(ends, []);
  connection.resumeWrites();
  await settle();
  assert.equal(connection.writtenText, "last words");
  assert.ok(connection.closed);
  assert.deepEqual(ends, [null]);
  assert.deepEqual(rig.socket.types(1), ["OPENED"]);
  assert.equal(rig.relay.streamCount, 0);
});

Deno.test("an app that lets go of a stalled server does not hold it for ever", async () => {
  const rig = new RelayRig({ lingerMs: 5000, pingIntervalMs: 1e9 });
  const { connection, ends } = await rig.opened(1);
  connection.stalled = true;
  await rig.send(data(1, text("unread")), { type: "CLOSE", streamId: 1, body: { error: null } });
  await rig.clock.advance(5000);
  assert.deepEqual(ends, [null]);
  assert.ok(connection.closed);
});

Deno.test("CLOSE with an error ends the connection at once, unanswered", async () => {
  const rig = new RelayRig();
  const { connection, ends } = await rig.opened(1);
  connection.stalled = true;
  const error = { code: "app-gone", phase: "transfer", message: "Broken off." } as const;
  await rig.send(data(1, text("lost")), { type: "CLOSE", streamId: 1, body: { error } });
  assert.ok(connection.closed);
  assert.deepEqual(ends, [null]);
  assert.deepEqual(rig.socket.types(1), ["OPENED"]);
});

Deno.test("a fault of the connection closes the stream with its code, others go on", async () => {
  const reset = { code: "connection-reset", phase: "transfer", message: "Broken off." } as const;
  const rig = new RelayRig();
  const reading = await rig.opened(1);
  const writing = await rig.opened(2);
  const broken = await rig.opened(3);
  const healthy = await rig.opened(4);
  reading.connection.deliverFault(new ConnectError(reset));
  writing.connection.stalled = true;
  await rig.send(data(2, text("x")));
  writing.connection.failWrites(new ConnectError(reset));
  broken.connection.deliverFault(new RangeError("a fault of ours"));
  await rig.send(data(4, text("well")));
  assert.deepEqual(reading.ends, [reset]);
  assert.deepEqual(writing.ends, [reset]);
  assert.deepEqual(broken.ends.map((error) => error?.code), ["internal-error"]);
  assert.deepEqual(rig.log.errors.map(({ event }) => event), ["relay-pump-fault"]);
  assert.equal(healthy.connection.writtenText, "well");
  assert.deepEqual(healthy.ends, []);
});
