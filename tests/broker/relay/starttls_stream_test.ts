/** STARTTLS on the wire: credit by the read, the upgrade, everything that it is refused for, and what no attacker gets through. @module */
import assert from "node:assert/strict";
import { ConnectError } from "../../../broker/actions/ports.ts";
import type { Frame } from "../../../broker/relay/frame_codec.ts";
import { settle } from "../../fakes/fake_clock.ts";
import { type Opened, RelayRig } from "./relay_rig.ts";

const bytesOf = (value: string) => new TextEncoder().encode(value);
const data = (value: string): Frame => ({ type: "DATA", streamId: 1, bytes: bytesOf(value) });
const credit = (addedBytes: number): Frame => ({ type: "CREDIT", streamId: 1, addedBytes });
const startTls = (readBytes: number, more: object = {}): Frame => ({
  type: "STARTTLS",
  streamId: 1,
  body: { readBytes, credit: 1000, ...more },
});

function openUpgradable(rig: RelayRig): Promise<Opened> {
  return rig.opened(1, { upgradable: true, credit: 0 });
}

function received(rig: RelayRig): string {
  return rig.socket.framesOf("DATA").map(({ bytes }) => new TextDecoder().decode(bytes)).join("");
}

function closedWith(rig: RelayRig) {
  const [frame, ...more] = rig.socket.framesOf("CLOSE");
  assert.equal(more.length, 0);
  return frame && [frame.body.error?.code, frame.body.error?.phase];
}

Deno.test("without credit nothing is read, and each CREDIT is good for one read", async () => {
  const rig = new RelayRig();
  const { connection } = await openUpgradable(rig);
  connection.deliver(bytesOf("220 ready\r\n"));
  await settle();
  assert.deepEqual(connection.rooms, []);
  await rig.send(credit(100));
  assert.deepEqual([received(rig), connection.rooms], ["220 ready\r\n", [100]]);
  connection.deliver(bytesOf("250 hello\r\n"));
  await settle();
  assert.equal(received(rig), "220 ready\r\n", "what the read left of the credit is lost");
  await rig.send(credit(3));
  assert.equal(received(rig), "220 ready\r\n250");
});

Deno.test("after SECURED credit is as for every connection, and the wish is passed on", async () => {
  const rig = new RelayRig();
  const { connection } = await openUpgradable(rig);
  await rig.send(credit(100), data("STARTTLS\r\n"));
  connection.deliver(bytesOf("220 go\r\n"));
  await settle();
  const clientCertificate = { cert: "c", key: "k" };
  await rig.send(startTls(8, { serverName: "mx.example.com", alpn: ["x"], clientCertificate }));
  const { signal: _, ...wish } = connection.tls ?? assert.fail("not encrypted");
  assert.deepEqual(wish, { serverName: "mx.example.com", alpn: ["x"], clientCertificate });
  const tls = { serverName: "mx.example.com", alpn: "x" };
  assert.deepEqual(rig.socket.framesOf("SECURED"), [{
    type: "SECURED",
    streamId: 1,
    body: { tls },
  }]);
  for (const piece of ["one ", "two ", "three"]) {
    connection.deliver(bytesOf(piece));
    await settle();
  }
  assert.equal(received(rig), "220 go\r\none two three");
  await rig.send(data("EHLO\r\n"));
  assert.equal(connection.writtenText, "STARTTLS\r\nEHLO\r\n");
  assert.equal(closedWith(rig), undefined);
});

Deno.test("the handshake waits until the app's plain text is written", async () => {
  const rig = new RelayRig();
  const { connection } = await openUpgradable(rig);
  connection.stalled = true;
  await rig.send(data("STARTTLS\r\n"), startTls(0));
  assert.equal(connection.tls, null);
  connection.resumeWrites();
  await settle();
  assert.deepEqual([connection.writtenText, connection.tls !== null], ["STARTTLS\r\n", true]);
});

Deno.test("plain text that the app has not read refuses the upgrade: somebody may have put it there", async () => {
  const rows: [string, number][] = [["220 ready\r\n250 injected\r\n", 11], ["220", 0], ["220", 4]];
  for (const [plain, readBytes] of rows) {
    const rig = new RelayRig();
    const { connection, ends } = await openUpgradable(rig);
    await rig.send(credit(100));
    connection.deliver(bytesOf(plain));
    await settle();
    await rig.send(startTls(readBytes));
    assert.deepEqual(closedWith(rig), ["tls-failed", "tls"]);
    assert.deepEqual([connection.tls, connection.closed, ends.length], [null, true, 1]);
  }
});

Deno.test("a pending read refuses the upgrade, a credit that was not used yet too", async () => {
  for (const first of [[credit(100)], [credit(1), credit(1)]]) {
    const rig = new RelayRig();
    const { connection } = await openUpgradable(rig);
    await rig.send(...first, startTls(0));
    assert.deepEqual(closedWith(rig), ["tls-failed", "tls"]);
    assert.deepEqual([connection.tls, connection.closed], [null, true]);
  }
});

Deno.test("STARTTLS at the wrong moment, and any frame but CLOSE before SECURED, break the wire's rules", async () => {
  const fin: Frame = { type: "FIN", streamId: 1 };
  const stop: Frame = { type: "STOP", streamId: 1 };
  const rows: [string, Frame[]][] = [
    ["after FIN", [fin, startTls(0)]],
    ["after STOP", [stop, startTls(0)]],
    ["twice", [startTls(0), startTls(0)]],
    ["DATA before SECURED", [startTls(0), data("RCPT")]],
    ["CREDIT before SECURED", [startTls(0), credit(1)]],
    ["FIN before SECURED", [startTls(0), fin]],
    ["STOP before SECURED", [startTls(0), stop]],
  ];
  for (const [name, frames] of rows) {
    const rig = new RelayRig();
    const { connection } = await openUpgradable(rig);
    connection.handshake = new Promise(() => {});
    await rig.send(...frames);
    assert.deepEqual(closedWith(rig), ["protocol-error", "transfer"], name);
    assert.ok(connection.closed, name);
    assert.deepEqual([rig.relay.streamCount, rig.socket.closedWith], [0, null], name);
  }
  for (const body of [{}, { tls: {} }]) {
    const rig = new RelayRig();
    const { connection } = await rig.opened(1, body);
    await rig.send(startTls(0));
    assert.deepEqual(closedWith(rig), ["protocol-error", "transfer"]);
    assert.equal(connection.tls, null);
  }
  const rig = new RelayRig();
  await openUpgradable(rig);
  await rig.send(startTls(0));
  await rig.send(startTls(0));
  assert.deepEqual(closedWith(rig), ["protocol-error", "transfer"], "encrypted already");
});

Deno.test("after the server's FIN there is nothing to encrypt", async () => {
  const rig = new RelayRig();
  const { connection } = await openUpgradable(rig);
  connection.deliverFin();
  await rig.send(credit(10));
  await rig.send(startTls(0));
  assert.deepEqual(closedWith(rig), ["protocol-error", "transfer"]);
});

Deno.test("a handshake that fails, an app that gives up, a permission that ends: each ends the stream alone", async () => {
  const rig = new RelayRig();
  const { connection } = await openUpgradable(rig);
  const message = "The server's certificate is for another name.";
  const error = { code: "certificate-name-mismatch", phase: "tls", message } as const;
  connection.handshake = Promise.reject(new ConnectError(error));
  await rig.send(startTls(0));
  assert.deepEqual(closedWith(rig), ["certificate-name-mismatch", "tls"]);

  const left = new RelayRig();
  const leaving = await openUpgradable(left);
  leaving.connection.handshake = new Promise(() => {});
  await left.send(startTls(0), { type: "CLOSE", streamId: 1, body: { error: null } });
  assert.deepEqual([left.relay.streamCount, leaving.connection.closed], [0, true]);
  assert.ok(leaving.connection.tls?.signal.aborted, "the handshake is called off");

  const cut = new RelayRig();
  const cutting = await openUpgradable(cut);
  cutting.connection.handshake = new Promise(() => {});
  await cut.send(startTls(0));
  cut.openings[0]?.events.onCut({
    code: "permission-ended",
    phase: "policy",
    message: "It ended.",
  });
  assert.deepEqual(closedWith(cut), ["permission-ended", "policy"]);
  assert.ok(cutting.connection.tls?.signal.aborted);
});
