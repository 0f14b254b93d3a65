/** Tunnels: bytes both ways, back-pressure both ways, and the close codes of their clients. @module */
import assert from "node:assert/strict";
import { settle } from "../../fakes/fake_clock.ts";
import { refusal, TunnelRig, utf8 } from "./front_end_rig.ts";

Deno.test("what comes while a person decides is kept, and bytes go both ways", async () => {
  const rig = new TunnelRig();
  await rig.send(utf8("early "));
  assert.equal(rig.openings[0]?.ask.remoteAddress, "example.com");
  assert.equal(rig.openings[0]?.ask.remotePort, 993);
  const { connection, session } = await rig.succeed();
  await rig.send(utf8("and late"));
  connection.deliver(utf8("hello"));
  await settle();
  assert.equal(connection.writtenText, "early and late");
  assert.equal(rig.sentText, "hello");
  assert.deepEqual([session.bytesSent, session.bytesReceived], [14, 5]);
});

Deno.test("the end of the connection closes the WebSocket as websockify does", async () => {
  const rig = new TunnelRig();
  const { connection, ends } = await rig.succeed();
  connection.deliver(utf8("bye"));
  connection.deliverFin();
  await settle();
  assert.equal(rig.sentText, "bye");
  assert.deepEqual(rig.socket.closedWith, { code: 1000, reason: "Target closed" });
  assert.deepEqual([connection.closed, ends], [true, [null]]);
});

Deno.test("a target that fails, or is denied, closes with 1011 and says why", async () => {
  for (const code of ["denied", "limited", "invalid-target", "connection-refused"] as const) {
    const rig = new TunnelRig();
    await rig.openings[0]?.fail(refusal(code));
    assert.deepEqual(rig.socket.closedWith, { code: 1011, reason: `It was ${code}.` });
  }
  const revoked = new TunnelRig();
  const { connection } = await revoked.succeed();
  revoked.openings[0]?.events.onCut({
    code: "permission-ended",
    phase: "policy",
    message: `“${"é".repeat(200)}”`,
  });
  assert.equal(revoked.socket.closedWith?.code, 1011);
  assert.match(revoked.socket.closedWith?.reason ?? "", /^[ -~]{123}$/);
  assert.ok(connection.closed);
  const reset = new TunnelRig();
  (await reset.succeed()).connection.deliverFault(refusal("connection-reset", "transfer"));
  await settle();
  assert.equal(reset.socket.closedWith?.code, 1011);
});

Deno.test("a text message closes with 1003", async () => {
  const rig = new TunnelRig();
  const { connection, ends } = await rig.succeed();
  await rig.send(utf8("text"), false);
  assert.deepEqual(rig.socket.closedWith, { code: 1003, reason: "Text frames are not supported" });
  assert.deepEqual([connection.closed, ends[0]?.code], [true, "protocol-error"]);
});

Deno.test("a connection that takes nothing stops the reading, and starts it again", async () => {
  const rig = new TunnelRig({ pauseAboveBytes: 10_000, pingIntervalMs: 1000 });
  const { connection } = await rig.succeed();
  connection.stalled = true;
  await rig.send(new Uint8Array(9000));
  assert.equal(rig.socket.paused, false);
  await rig.send(new Uint8Array(9000));
  assert.equal(rig.socket.paused, true);
  // Pings can't be answered to one who does not read.
  await rig.clock.advance(10_000);
  assert.equal(rig.socket.terminated, false);
  connection.stalled = false;
  connection.resumeWrites();
  await settle();
  assert.equal(rig.socket.paused, false);
  assert.equal(connection.writtenText.length, 18_000);
  await rig.clock.advance(1000);
  assert.equal(rig.socket.terminated, true, "this one could have been answered");
});

Deno.test("a WebSocket that is not read stops the reading of the connection, and nothing is lost", async () => {
  const rig = new TunnelRig({ minReadBytes: 1024, maxReadBytes: 4096 });
  const { connection } = await rig.succeed();
  rig.socket.stalled = true;
  connection.deliver(new Uint8Array(200_000));
  connection.deliverFin();
  await settle();
  assert.ok(connection.unreadBytes > 180_000);
  rig.socket.release();
  while (rig.socket.closedWith === null) await settle();
  assert.equal(rig.sentText.length, 200_000);
});

Deno.test("a client that leaves has its last bytes written; one that waits withdraws", async () => {
  const rig = new TunnelRig();
  const { connection, ends } = await rig.succeed();
  connection.stalled = true;
  await rig.send(utf8("last words"));
  rig.socket.emit("close");
  await rig.tunnel.closed;
  assert.equal(connection.closed, false);
  connection.resumeWrites();
  await settle();
  assert.equal(connection.writtenText, "last words");
  assert.deepEqual([connection.closed, ends], [true, [null]]);
  assert.equal(rig.clock.waiting, 0);
  const waiting = new TunnelRig();
  waiting.socket.emit("close");
  await settle();
  assert.ok(waiting.openings[0]?.events.signal.aborted);
  assert.deepEqual(waiting.log.errors, []);
});

Deno.test("closing reads again, so that the closing handshake can end", async () => {
  const rig = new TunnelRig({ pauseAboveBytes: 10 });
  await rig.send(new Uint8Array(100));
  assert.equal(rig.socket.paused, true);
  rig.tunnel.close(1001, "Gatehouse is stopping.");
  assert.equal(rig.socket.paused, false);
  assert.deepEqual(rig.socket.closedWith, { code: 1001, reason: "Gatehouse is stopping." });
  assert.ok(rig.openings[0]?.events.signal.aborted);
});
