import assert from "node:assert/strict";
import { ConnectError } from "../../../broker/actions/ports.ts";
import type { Frame } from "../../../broker/relay/frame_codec.ts";
import type { SessionError } from "../../../broker/schema/session.ts";
import { settle } from "../../fakes/fake_clock.ts";
import { fakeId } from "../../fakes/fake_secrets.ts";
import { plainOpen, RelayRig } from "./relay_rig.ts";
import { refusedVectors } from "./vectors.ts";

const open = (streamId: number): Frame => ({ type: "OPEN", streamId, body: plainOpen });
const data = (streamId: number, bytes: Uint8Array = Uint8Array.of(1)): Frame => ({
  type: "DATA",
  streamId,
  bytes,
});
const refused: SessionError = { code: "denied", phase: "policy", message: "No." };

Deno.test("OPEN is passed on, WAITING and OPENED come back", async () => {
  const rig = new RelayRig({ maxWindowBytes: 4096, minWindowBytes: 1 });
  const body = { ...plainOpen, noDelay: true, keepAliveDelayMs: 5000, userActivation: true };
  await rig.send({
    type: "OPEN",
    streamId: 5,
    body: { ...body, dnsQueryType: "ipv6", reason: "Mail" },
  });
  const [opening] = rig.openings;
  assert.deepEqual(opening?.ask, {
    contextId: fakeId("ctx", 1),
    remoteAddress: "example.com",
    remotePort: 993,
    noDelay: true,
    keepAlive: true,
    family: 6,
    reason: "Mail",
    userActivation: true,
  });
  opening?.events.onWaiting(fakeId("req", 1));
  await opening?.succeed();
  assert.deepEqual(rig.socket.sent, [
    { type: "WAITING", streamId: 5, body: { requestId: fakeId("req", 1) } },
    {
      type: "OPENED",
      streamId: 5,
      body: {
        sessionId: fakeId("sess", 1),
        remoteAddress: "192.0.2.1",
        remotePort: 993,
        localAddress: "127.0.0.1",
        localPort: 50_000,
        credit: 4096,
      },
    },
  ]);
});

Deno.test("an opening that fails closes its stream with the reason", async () => {
  const rig = new RelayRig();
  await rig.send(open(1), open(2));
  await rig.openings[0]?.fail(new ConnectError(refused));
  await rig.openings[1]?.fail(new TypeError("a fault of ours"));
  assert.deepEqual(rig.socket.framesOf("CLOSE").map(({ body }) => body.error?.code), [
    "denied",
    "internal-error",
  ]);
  assert.deepEqual(rig.log.errors.map(({ event }) => event), ["relay-open-fault"]);
  assert.equal(rig.relay.streamCount, 0);
});

Deno.test("an app that gives up while it waits is not answered, and what opens late is closed", async () => {
  const rig = new RelayRig();
  await rig.send(open(1));
  await rig.send({ type: "CLOSE", streamId: 1, body: { error: null } });
  const [opening] = rig.openings;
  assert.ok(opening?.events.signal.aborted);
  opening.events.onWaiting(fakeId("req", 1));
  const late = await opening.succeed();
  assert.ok(late.connection.closed);
  assert.deepEqual(late.ends, [null]);
  assert.deepEqual(rig.socket.sent, []);
});

Deno.test("a frame that breaks the wire ends its relay with the reason, and every stream with it", async () => {
  for (const { name, message, closeCode, reason } of refusedVectors) {
    const rig = new RelayRig();
    const { ends } = await rig.opened(1);
    await rig.send(open(2));
    rig.socket.deliverBytes(message);
    await settle();
    assert.deepEqual(rig.socket.closedWith, { code: closeCode, reason }, name);
    assert.deepEqual(ends.map((error) => error?.code), ["protocol-error"], name);
    assert.ok(rig.openings[1]?.events.signal.aborted, name);
    assert.equal(rig.socket.framesOf("CLOSE").length, 2, name);
    assert.deepEqual(rig.log.errors, [], name);
  }
});

Deno.test("frames out of order end the relay", async () => {
  const rows: [string, Frame[], string][] = [
    ["an id twice", [open(1), open(1)], "stream ids must grow"],
    ["an id that falls", [open(7), open(6)], "stream ids must grow"],
    ["DATA for nobody", [data(1)], "DATA for a stream never opened"],
    [
      "CREDIT for nobody",
      [{ type: "CREDIT", streamId: 9, addedBytes: 1 }],
      "CREDIT for a stream never opened",
    ],
    [
      "CLOSE for nobody",
      [open(1), { type: "CLOSE", streamId: 2, body: { error: null } }],
      "CLOSE for a stream never opened",
    ],
  ];
  for (const [name, frames, reason] of rows) {
    const rig = new RelayRig();
    await rig.send(...frames);
    assert.deepEqual(rig.socket.closedWith, { code: 1002, reason }, name);
  }
});

Deno.test("a text message ends the relay", () => {
  const rig = new RelayRig();
  rig.socket.emit("message", new TextEncoder().encode("{}"), false);
  assert.equal(rig.socket.closedWith?.code, 1003);
});

Deno.test("after its end a relay hears nothing", async () => {
  const rig = new RelayRig();
  rig.relay.close(1001, "the broker stops");
  await rig.send(open(1));
  assert.equal(rig.openings.length, 0);
});

Deno.test("before OPENED only CREDIT and CLOSE may come; the rest ends that stream alone", async () => {
  const frames: Frame[] = [data(1), { type: "FIN", streamId: 1 }, { type: "STOP", streamId: 1 }];
  for (const frame of frames) {
    const rig = new RelayRig();
    await rig.send(open(1), { type: "CREDIT", streamId: 1, addedBytes: 5 }, frame);
    assert.ok(rig.openings[0]?.events.signal.aborted);
    assert.equal(rig.socket.framesOf("CLOSE")[0]?.body.error?.code, "protocol-error");
    assert.equal(rig.socket.closedWith, null);
    await rig.opened(2);
    assert.deepEqual(rig.socket.types(2), ["OPENED"]);
  }
});

Deno.test("frames that crossed the CLOSE of their stream are passed over", async () => {
  const rig = new RelayRig();
  const { connection } = await rig.opened(1);
  connection.deliverFault(new ConnectError({ ...refused, code: "connection-reset" }));
  await settle();
  assert.equal(rig.relay.streamCount, 0);
  await rig.send(
    data(1),
    { type: "CREDIT", streamId: 1, addedBytes: 1 },
    { type: "FIN", streamId: 1 },
    { type: "STOP", streamId: 1 },
    { type: "CLOSE", streamId: 1, body: { error: null } },
  );
  assert.equal(rig.socket.closedWith, null);
});

Deno.test("one stream more than a relay carries is refused, and room is made by closing one", async () => {
  const rig = new RelayRig({ maxStreams: 2 });
  await rig.opened(1);
  await rig.send(open(2), open(3));
  assert.deepEqual(rig.socket.types(3), ["CLOSE"]);
  assert.equal(rig.socket.framesOf("CLOSE")[0]?.body.error?.code, "limited");
  await rig.send({ type: "CLOSE", streamId: 1, body: { error: null } });
  await rig.opened(4);
  assert.deepEqual(rig.socket.types(4), ["OPENED"]);
});

Deno.test("when the WebSocket closes, sessions end as app-gone and openings are aborted", async () => {
  const rig = new RelayRig();
  const { connection, ends } = await rig.opened(1);
  await rig.send(open(2));
  rig.forget();
  rig.socket.emit("close");
  await rig.relay.closed;
  assert.ok(connection.closed);
  assert.deepEqual(ends.map((error) => error?.code), ["app-gone"]);
  assert.ok(rig.openings[1]?.events.signal.aborted);
  assert.deepEqual(rig.socket.sent, []);
  assert.equal(rig.clock.waiting, 0);
});

Deno.test("when the broker stops, every stream is told before the relay closes", async () => {
  const rig = new RelayRig();
  const { ends } = await rig.opened(1);
  await rig.send(open(2));
  rig.relay.close(1001, "the broker stops");
  rig.relay.close(1002, "again");
  assert.deepEqual(
    rig.socket.framesOf("CLOSE").map(({ streamId, body }) => [streamId, body.error?.code]),
    [
      [1, "broker-stopping"],
      [2, "broker-stopping"],
    ],
  );
  assert.deepEqual(ends.map((error) => error?.code), ["broker-stopping"]);
  assert.deepEqual(rig.socket.closedWith, { code: 1001, reason: "the broker stops" });
});

Deno.test("a session that is cut tells its app why, even between opening and OPENED", async () => {
  const revoked: SessionError = { code: "permission-ended", phase: "policy", message: "Revoked." };
  const rig = new RelayRig();
  const first = await rig.opened(1);
  first.connection.close();
  rig.openings[0]?.events.onCut(revoked);
  await settle();
  assert.deepEqual(rig.socket.types(1), ["OPENED", "CLOSE"]);
  await rig.send(open(2));
  const opening = rig.openings[1];
  const succeeding = opening?.succeed();
  opening?.events.onCut(revoked);
  const second = await succeeding;
  assert.deepEqual(rig.socket.types(2), ["CLOSE"]);
  assert.ok(second?.connection.closed);
  assert.deepEqual(rig.socket.framesOf("CLOSE").map(({ body }) => body.error), [revoked, revoked]);
});

Deno.test("a ping that is not answered ends the relay", async () => {
  const rig = new RelayRig({ pingIntervalMs: 1000 });
  await rig.clock.advance(1000);
  assert.equal(rig.socket.pings, 1);
  rig.socket.emit("pong");
  await rig.clock.advance(1000);
  assert.deepEqual([rig.socket.pings, rig.socket.terminated], [2, false]);
  await rig.clock.advance(1000);
  assert.deepEqual([rig.socket.pings, rig.socket.terminated], [2, true]);
  assert.equal(rig.clock.waiting, 0);
});

Deno.test("an app that asks and never reads the answers loses its relay", async () => {
  const rig = new RelayRig({ maxStreams: 0, maxPendingControlBytes: 10_000 });
  rig.socket.stalled = true;
  let streamId = 0;
  while (!rig.socket.terminated && streamId < 1000) await rig.send(open(++streamId));
  assert.ok(streamId > 10 && streamId < 200, `${streamId}`);
});

Deno.test("a WebSocket that throws ends its relay and nothing else", async () => {
  const rig = new RelayRig();
  const { ends } = await rig.opened(1);
  rig.socket.broken = true;
  await rig.send({ type: "OPEN", streamId: 2, body: plainOpen });
  await rig.openings[1]?.fail(new ConnectError(refused));
  await rig.relay.closed;
  assert.ok(rig.socket.terminated);
  assert.deepEqual(ends.map((error) => error?.code), ["app-gone"]);
});

Deno.test("windows shrink as streams grow in number, and grow again when streams end", async () => {
  const rig = new RelayRig({ maxWindowBytes: 4096, minWindowBytes: 16, windowPoolBytes: 65_536 });
  const credits = () => rig.socket.framesOf("OPENED").map(({ body }) => body.credit);
  for (let streamId = 1; streamId <= 200; streamId++) await rig.opened(streamId);
  const given = credits();
  assert.deepEqual(given.slice(0, 8), new Array(8).fill(4096));
  assert.ok((given[20] ?? 0) < 2048);
  assert.equal(given.at(-1), 16);
  assert.ok(given.reduce((sum, credit) => sum + credit) < 65_536 + 200 * 16);
  for (let streamId = 1; streamId <= 200; streamId++) {
    await rig.send({ type: "CLOSE", streamId, body: { error: null } });
  }
  await rig.opened(201);
  assert.equal(credits().at(-1), 4096);
});
