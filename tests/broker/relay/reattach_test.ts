/** Connections that wait for their app: what is kept, for whom, and for how long. @module */
import assert from "node:assert/strict";
import type { OpenedFrame, ResumeOpenFrame } from "../../../broker/schema/relay.ts";
import { fakeId } from "../../fakes/fake_secrets.ts";
import { settle } from "../../fakes/fake_clock.ts";
import { RelayRig } from "./relay_rig.ts";

const text = (value: string) => new TextEncoder().encode(value);

async function opened(rig: RelayRig, credit = 1000) {
  const opening = await rig.opened(1, { reattachable: true, credit });
  const body = rig.socket.framesOf("OPENED").at(-1)?.body;
  assert.ok(body?.resumeSecret);
  return { ...opening, body };
}

/** What the app says that had `body` and was then sent, and has sent, this much. */
function resume(
  { sessionId, resumeSecret = "" }: OpenedFrame,
  receivedBytes: number,
  sentBytes: number,
): ResumeOpenFrame {
  return { protocol: "resume", sessionId, resumeSecret, receivedBytes, sentBytes };
}

function lose(rig: RelayRig): void {
  rig.socket.emit("close");
  rig.reconnect();
}

function received(rig: RelayRig, streamId = 1): string {
  const frames = rig.socket.framesOf("DATA").filter((frame) => frame.streamId === streamId);
  return frames.map(({ bytes }) => new TextDecoder().decode(bytes)).join("");
}

function refusal(rig: RelayRig, streamId = 1): string | undefined {
  const close = rig.socket.framesOf("CLOSE").find((frame) => frame.streamId === streamId);
  return close?.body.error?.code;
}

Deno.test("a connection goes on over another relay: both sides send what the other has not got", async () => {
  const rig = new RelayRig();
  const { connection, body, ends, session } = await opened(rig);
  connection.deliver(text("0123456789"));
  await rig.send({ type: "DATA", streamId: 1, bytes: text("abc") });
  lose(rig);
  assert.deepEqual(rig.parked, [session]);
  // Four bytes were read; of the five sent the last two never came.
  await rig.send({ type: "OPEN", streamId: 7, body: resume(body, 4, 5) });
  const [again] = rig.socket.framesOf("OPENED");
  assert.deepEqual(again?.body.resumed, {
    ...{ receivedBytes: 3, creditedBytes: 0, sentBytes: 10, finReceived: false },
  });
  assert.notEqual(again?.body.resumeSecret, body.resumeSecret);
  assert.equal(received(rig, 7), "456789");
  assert.deepEqual(rig.resumed, [session]);
  await rig.send({ type: "DATA", streamId: 7, bytes: text("de") });
  connection.deliver(text("!"));
  await settle();
  assert.equal(connection.writtenText, "abcde");
  assert.equal(received(rig, 7), "456789!");
  assert.deepEqual(ends, []);
  assert.equal(rig.clock.waiting, 1, "the ping of its relay is all that is timed");
});

Deno.test("what the app acknowledges by CREDIT is not kept, and its credit begins anew where it is", async () => {
  const rig = new RelayRig({ minReadBytes: 10, maxReadBytes: 10 });
  const { connection, body } = await opened(rig, 20);
  connection.deliver(text("0123456789abcdefghij+++++++++++++++++"));
  await settle();
  await rig.send({ type: "CREDIT", streamId: 1, addedBytes: 5 });
  assert.equal(received(rig), "0123456789abcdefghij+++++");
  lose(rig);
  await rig.send({ type: "OPEN", streamId: 1, body: resume(body, 8, 0) });
  // 20 bytes of credit after the 8 that it has.
  assert.equal(received(rig), "89abcdefghij++++++++");
});

Deno.test("a parked connection reads little on: the server has to wait", async () => {
  const rig = new RelayRig({ minReadBytes: 100, maxReadBytes: 100 });
  const { connection } = await opened(rig, 1_000_000);
  await settle();
  lose(rig);
  connection.deliver(new Uint8Array(500_000));
  await settle();
  assert.ok(connection.unreadBytes >= 499_700, `${connection.unreadBytes}`);
});

Deno.test("after 10 seconds nobody comes back: the session ends, the ticket is of no use", async () => {
  const rig = new RelayRig();
  const { connection, body, ends } = await opened(rig);
  lose(rig);
  await rig.clock.advance(9_999);
  assert.deepEqual([ends.length, connection.closed], [0, false]);
  await rig.clock.advance(1);
  assert.deepEqual(ends.map((error) => error?.code), ["app-gone"]);
  assert.match(ends[0]?.message ?? "", /within 10 seconds/);
  assert.ok(connection.closed);
  await rig.send({ type: "OPEN", streamId: 1, body: resume(body, 0, 0) });
  assert.equal(refusal(rig), "not-resumable");
  assert.equal(rig.reattachTable.size, 0);
});

Deno.test("a secret is good once, for its session, its app and its token", async () => {
  const rig = new RelayRig();
  const { body } = await opened(rig);
  lose(rig);
  const { owner } = rig;
  const right = resume(body, 0, 0);
  const wrong: [string, ResumeOpenFrame, typeof owner][] = [
    ["another secret", { ...right, resumeSecret: "x".repeat(43) }, owner],
    ["another session", { ...right, sessionId: fakeId("sess", 99) }, owner],
    ["another app", right, { ...owner, appId: fakeId("app", 2) }],
    ["another token", right, { ...owner, credentialId: fakeId("cred", 2) }],
  ];
  for (const [name, open, as] of wrong) {
    rig.owner = as;
    rig.reconnect();
    await rig.send({ type: "OPEN", streamId: 1, body: open });
    assert.equal(refusal(rig), "not-resumable", name);
  }
  rig.owner = owner;
  rig.reconnect();
  await rig.send({ type: "OPEN", streamId: 1, body: right });
  assert.equal(rig.socket.framesOf("OPENED").length, 1);
  await rig.send({ type: "OPEN", streamId: 2, body: right });
  assert.equal(refusal(rig, 2), "not-resumable");
  // The first of the two goes on.
  await rig.send({ type: "DATA", streamId: 1, bytes: text("on") });
  assert.equal(refusal(rig, 1), undefined);
});

const stale: [string, receivedBytes: number, sentBytes: number][] = [
  ["the app took more than it says", 2, 3],
  ["the app was never sent as much", 11, 3],
  ["the app sent more than it says", 5, 2],
  ["the app can't have sent as much", 5, 1_000_000],
];
for (const [name, receivedBytes, sentBytes] of stale) {
  Deno.test(`counts that do not fit end the session: ${name}`, async () => {
    const rig = new RelayRig();
    const { connection, body, ends } = await opened(rig);
    connection.deliver(text("0123456789"));
    await settle();
    await rig.send(
      { type: "CREDIT", streamId: 1, addedBytes: 4 },
      { type: "DATA", streamId: 1, bytes: text("abc") },
    );
    lose(rig);
    await rig.send({ type: "OPEN", streamId: 1, body: resume(body, receivedBytes, sentBytes) });
    assert.equal(refusal(rig), "not-resumable");
    assert.deepEqual(ends.map((error) => error?.code), ["not-resumable"]);
    assert.ok(connection.closed);
  });
}

Deno.test("an app that is back before its old relay is found lost takes the connection with it", async () => {
  const rig = new RelayRig();
  const { connection, body, ends } = await opened(rig);
  const old = rig.socket;
  rig.reconnect();
  await rig.send({ type: "OPEN", streamId: 1, body: resume(body, 0, 0) });
  assert.deepEqual(old.framesOf("CLOSE").map((frame) => frame.body.error?.code), ["app-gone"]);
  // What still comes over the old relay is nobody's.
  old.deliver({ type: "DATA", streamId: 1, bytes: text("late") });
  old.emit("close");
  connection.deliver(text("on"));
  await settle();
  assert.equal(received(rig), "on");
  assert.equal(connection.writtenText, "");
  assert.deepEqual(ends, []);
});

Deno.test("a session that is cut while it waits is over, and its ticket of no use", async () => {
  const rig = new RelayRig();
  const { body, ends, connection } = await opened(rig);
  lose(rig);
  const error = { code: "permission-ended", phase: "policy", message: "Revoked." } as const;
  rig.openings[0]?.events.onCut(error);
  assert.deepEqual(ends, [error]);
  assert.ok(connection.closed);
  await rig.send({ type: "OPEN", streamId: 1, body: resume(body, 0, 0) });
  assert.equal(refusal(rig), "not-resumable");
  await rig.clock.advance(60_000);
  assert.equal(ends.length, 1);
});

Deno.test("only what the app wants to keep waits: not what it closed, broke off or reads no more", async () => {
  const lastWords = [
    { type: "CLOSE", streamId: 1, body: { error: null } },
    { type: "STOP", streamId: 1 },
  ] as const;
  for (const frame of lastWords) {
    const rig = new RelayRig();
    const { ends, connection } = await opened(rig);
    connection.stalled = true;
    await rig.send({ type: "DATA", streamId: 1, bytes: text("x") }, frame);
    assert.equal(ends.length, 0);
    lose(rig);
    assert.deepEqual(ends.map((error) => error?.code), ["app-gone"], frame.type);
    assert.deepEqual(rig.parked, []);
  }
  const rig = new RelayRig();
  const { ends } = await rig.opened(1);
  lose(rig);
  assert.deepEqual(ends.map((error) => error?.code), ["app-gone"], "not reattachable");
});

Deno.test("FINs of both sides are kept, and sent again only where they did not come", async () => {
  const rig = new RelayRig();
  const { connection, body, ends } = await opened(rig);
  await rig.send({ type: "DATA", streamId: 1, bytes: text("bye") }, { type: "FIN", streamId: 1 });
  assert.ok(connection.writeClosed);
  lose(rig);
  connection.deliver(text("last"));
  connection.deliverFin();
  await settle();
  // Both directions are done, yet the app has to have the last words.
  assert.deepEqual(ends, []);
  await rig.send({ type: "OPEN", streamId: 1, body: resume(body, 0, 3) });
  assert.deepEqual(rig.socket.types(1), ["OPENED", "DATA", "FIN", "CLOSE"]);
  assert.equal(rig.socket.framesOf("OPENED")[0]?.body.resumed?.finReceived, true);
  assert.equal(received(rig), "last");
  assert.deepEqual(ends, [null]);
});

Deno.test("more than a stream or an app may keep is not kept: then it ends with its relay", async () => {
  const rig = new RelayRig({ replayPoolBytes: 20_000 });
  const first = await rig.opened(1, { reattachable: true, credit: 30_000 });
  const second = await rig.opened(2, { reattachable: true, credit: 30_000 });
  first.connection.deliver(new Uint8Array(10_000));
  await settle();
  second.connection.deliver(new Uint8Array(15_000));
  await settle();
  lose(rig);
  assert.deepEqual(first.ends, []);
  assert.deepEqual(second.ends.map((error) => error?.code), ["app-gone"]);
  await rig.clock.advance(10_000);
  // All of the app's room is free again.
  rig.reconnect();
  const third = await rig.opened(1, { reattachable: true, credit: 30_000 });
  third.connection.deliver(new Uint8Array(18_000));
  await settle();
  lose(rig);
  assert.deepEqual(third.ends, []);
  await rig.clock.advance(10_000);
});

Deno.test("an app that gives credit beyond what it takes keeps no more than its first credit may be", async () => {
  const rig = new RelayRig();
  const { connection, ends } = await opened(rig, 1024 * 1024);
  connection.deliver(new Uint8Array(1024 * 1024));
  await settle();
  // One byte of credit acknowledges one byte; a flood of bytes does not grow what is kept.
  await rig.send({ type: "CREDIT", streamId: 1, addedBytes: 1 });
  connection.deliver(new Uint8Array(1));
  await settle();
  lose(rig);
  assert.deepEqual(ends, []);
  await rig.clock.advance(10_000);
  assert.equal(ends.length, 1);
});

Deno.test("a relay that the broker ends leaves nothing waiting", async () => {
  const rig = new RelayRig();
  const { ends } = await opened(rig);
  rig.relay.close(1001, "The broker stops.");
  rig.socket.emit("close");
  assert.deepEqual(ends.map((error) => error?.code), ["broker-stopping"]);
  assert.deepEqual(rig.parked, []);
});

Deno.test("a resumed stream counts against the relay's streams", async () => {
  const rig = new RelayRig({ maxStreams: 1 });
  const { body } = await opened(rig);
  lose(rig);
  const other = await rig.opened(1);
  await rig.send({ type: "OPEN", streamId: 2, body: resume(body, 0, 0) });
  assert.equal(refusal(rig, 2), "limited");
  await rig.send({ type: "CLOSE", streamId: 1, body: { error: null } });
  assert.equal(other.ends.length, 1);
  // The secret was not used up.
  await rig.send({ type: "OPEN", streamId: 3, body: resume(body, 0, 0) });
  assert.equal(rig.socket.framesOf("OPENED").at(-1)?.streamId, 3);
});
