/** Streams of listeners: credit counts connections, and each connection begins a stream of its own. @module */
import assert from "node:assert/strict";
import { ConnectError } from "../../../broker/actions/ports.ts";
import type { Frame } from "../../../broker/relay/frame_codec.ts";
import { settle } from "../../fakes/fake_clock.ts";
import { plainListen, plainOpen, RelayRig } from "./relay_rig.ts";

const firstBegun = 0x8000_0000;

function accepted(rig: RelayRig): Extract<Frame, { type: "ACCEPTED" }>[] {
  return rig.socket.sent.filter((frame) => frame.type === "ACCEPTED");
}

Deno.test("OPEN of a listener is passed on, and OPENED tells where it listens", async () => {
  const rig = new RelayRig();
  const body = { ...plainListen, localPort: 40_000, backlog: 3, ipv6Only: true, reason: "Play" };
  await rig.send({ type: "OPEN", streamId: 1, body });
  const [listening] = rig.listenings;
  assert.deepEqual(listening?.ask, {
    contextId: listening?.ask.contextId,
    localAddress: "127.0.0.1",
    localPort: 40_000,
    backlog: 3,
    ipv6Only: true,
    reason: "Play",
    userActivation: false,
  });
  const { session } = await listening!.succeed();
  assert.deepEqual(rig.socket.sent, [{
    type: "OPENED",
    streamId: 1,
    body: { sessionId: session.id, localAddress: "127.0.0.1", localPort: 40_000, credit: 0 },
  }]);
});

Deno.test("a listener that fails to open closes its stream with the reason", async () => {
  const rig = new RelayRig();
  await rig.send({ type: "OPEN", streamId: 1, body: plainListen });
  const error = { code: "address-in-use", phase: "connect", message: "In use." } as const;
  await rig.listenings[0]?.fail(new ConnectError(error));
  assert.deepEqual(rig.socket.sent, [{ type: "CLOSE", streamId: 1, body: { error } }]);
  assert.equal(rig.relay.streamCount, 0);
});

Deno.test("nothing is accepted without credit; each connection uses one", async () => {
  const rig = new RelayRig();
  const listener = await rig.listening(1, 1);
  await listener.connect();
  await listener.connect();
  await listener.connect();
  assert.equal(accepted(rig).length, 1);
  assert.equal(listener.backlog, 2);
  await rig.send({ type: "CREDIT", streamId: 1, addedBytes: 5 });
  assert.equal(accepted(rig).length, 3);
  assert.equal(rig.relay.streamCount, 4);
});

Deno.test("ACCEPTED begins a TCP stream, which waits for the app's first credit", async () => {
  const rig = new RelayRig();
  const listener = await rig.listening(7, 2);
  const { connection, session, ends } = await listener.connect();
  const [frame] = accepted(rig);
  assert.equal(frame?.streamId, firstBegun);
  assert.deepEqual(frame?.body, {
    listenerStreamId: 7,
    sessionId: session.id,
    remoteAddress: connection.remote.address,
    remotePort: connection.remote.port,
    localAddress: connection.local.address,
    localPort: connection.local.port,
    credit: frame?.body.credit,
  });
  connection.deliver(Uint8Array.of(1, 2, 3));
  await settle();
  assert.equal(connection.unreadBytes, 3);
  rig.forget();
  const streamId = firstBegun;
  await rig.send({ type: "CREDIT", streamId, addedBytes: 100 });
  assert.deepEqual(rig.socket.sent, [{ type: "DATA", streamId, bytes: Uint8Array.of(1, 2, 3) }]);
  await rig.send(
    { type: "DATA", streamId, bytes: new TextEncoder().encode("hello") },
    { type: "FIN", streamId },
  );
  assert.equal(connection.writtenText, "hello");
  assert.ok(connection.writeClosed);
  connection.deliverFin();
  await settle();
  assert.deepEqual(ends, [null]);
  assert.equal(rig.relay.streamCount, 1);

  await listener.connect();
  assert.equal(accepted(rig)[0]?.streamId, firstBegun + 1);
});

Deno.test("frames of a begun stream that is over are passed over; those of one never begun end the relay", async () => {
  const rig = new RelayRig();
  const listener = await rig.listening(1, 1);
  await listener.connect();
  await rig.send(
    { type: "CLOSE", streamId: firstBegun, body: { error: null } },
    { type: "CREDIT", streamId: firstBegun, addedBytes: 1 },
  );
  assert.ok(!rig.socket.closedWith);
  await rig.send({ type: "CREDIT", streamId: firstBegun + 1, addedBytes: 1 });
  assert.deepEqual(rig.socket.closedWith, {
    code: 1002,
    reason: "CREDIT for a stream never opened",
  });
});

Deno.test("what is no CREDIT ends the listener alone", async () => {
  const bytes = Uint8Array.of(1);
  const rows: Frame[] = [
    { type: "DATA", streamId: 1, bytes },
    { type: "FIN", streamId: 1 },
    { type: "STOP", streamId: 1 },
  ];
  for (const frame of rows) {
    const rig = new RelayRig();
    const listener = await rig.listening(1, 1);
    const { ends } = await listener.connect();
    rig.forget();
    await rig.send(frame);
    const [told] = rig.socket.sent;
    assert.equal(told?.type === "CLOSE" && told.body.error?.code, "protocol-error", frame.type);
    assert.equal(listener.ends[0]?.code, "protocol-error");
    assert.deepEqual(ends, []);
    assert.equal(rig.relay.streamCount, 1);
  }
});

Deno.test("CLOSE stops the listening and is not answered; what it accepted lives on", async () => {
  const rig = new RelayRig();
  const listener = await rig.listening(1, 2);
  const { ends } = await listener.connect();
  rig.forget();
  await rig.send({ type: "CLOSE", streamId: 1, body: { error: null } });
  assert.deepEqual(listener.ends, [null]);
  assert.deepEqual(rig.socket.sent, []);
  assert.deepEqual(ends, []);
  assert.equal(rig.relay.streamCount, 1);
});

Deno.test("cuts reach the app: of the listener, of a connection, and of one that is cut while it begins", async () => {
  const rig = new RelayRig();
  const error = { code: "permission-ended", phase: "policy", message: "Revoked." } as const;
  const listener = await rig.listening(1, 3);
  const { events, ends } = await listener.connect();
  rig.forget();
  events?.onCut(error);
  assert.deepEqual(rig.socket.sent, [{ type: "CLOSE", streamId: firstBegun, body: { error } }]);
  assert.deepEqual(ends, [error]);
  rig.forget();
  rig.listenings[0]?.events.onCut(error);
  assert.deepEqual(rig.socket.sent, [{ type: "CLOSE", streamId: 1, body: { error } }]);
  await settle();
  assert.equal(rig.relay.streamCount, 0);
});

Deno.test("a relay that is full accepts when there is room", async () => {
  const rig = new RelayRig({ maxStreams: 2 });
  const listener = await rig.listening(1, 5);
  await listener.connect();
  const second = await listener.connect();
  assert.equal(accepted(rig).length, 1);
  await rig.send({ type: "OPEN", streamId: 2, body: plainOpen });
  const refused = rig.socket.sent.at(-1);
  assert.equal(refused?.type === "CLOSE" && refused.body.error?.code, "limited");
  await rig.send({ type: "CLOSE", streamId: firstBegun, body: { error: null } });
  assert.equal(accepted(rig).length, 2);
  assert.deepEqual(second.ends, []);
});

Deno.test("when the relay ends, the listener and what it accepted end, the one that waits for room too", async () => {
  const rig = new RelayRig({ maxStreams: 2 });
  const listener = await rig.listening(1, 5);
  const first = await listener.connect();
  const second = await listener.connect();
  rig.socket.emit("close");
  await rig.relay.closed;
  await settle();
  assert.equal(listener.ends[0]?.code, "app-gone");
  assert.equal(first.ends[0]?.code, "app-gone");
  assert.equal(second.ends.length, 1);
  assert.equal(rig.clock.waiting, 0);
});

Deno.test("an app that gives up while it waits is not answered, and a listener that opens late is closed", async () => {
  const rig = new RelayRig();
  await rig.send(
    { type: "OPEN", streamId: 1, body: plainListen },
    { type: "CLOSE", streamId: 1, body: { error: null } },
  );
  const listener = await rig.listenings[0]?.succeed();
  assert.deepEqual(listener?.ends, [null]);
  assert.deepEqual(rig.socket.sent, []);
});

Deno.test("a fault of accepting ends the listener, is logged, and reaches nothing else", async () => {
  const rig = new RelayRig();
  const other = await rig.opened(1);
  await rig.send({ type: "OPEN", streamId: 2, body: { ...plainListen, credit: 1 } });
  const opening = rig.listenings[0];
  assert.ok(opening);
  const failing = await opening.succeed();
  failing.fail(new Error("broken"));
  await settle();
  assert.equal(failing.ends[0]?.code, "internal-error");
  assert.deepEqual(rig.log.errors.map(({ event }) => event), ["relay-accept-fault"]);
  assert.deepEqual(other.ends, []);
});
