/** Encrypted streams on the wire: what OPEN asks for, what OPENED tells, and whom a failed handshake concerns. @module */
import assert from "node:assert/strict";
import { ConnectError } from "../../../broker/actions/ports.ts";
import { plainOpen, RelayRig } from "./relay_rig.ts";

const text = (value: string) => new TextEncoder().encode(value);

Deno.test("OPEN passes the wish on, and a plain OPEN passes none", async () => {
  const rig = new RelayRig();
  const tls = { serverName: "mail.example.com", alpn: ["imap"] };
  const rows = [{ tls }, { tls: {} }, {}];
  for (const [n, more] of rows.entries()) {
    await rig.send({ type: "OPEN", streamId: n + 1, body: { ...plainOpen, ...more } });
    assert.deepEqual(rig.openings.at(-1)?.ask.tls, more.tls);
  }
});

Deno.test("OPENED tells what was verified and agreed on; of a plain connection it tells nothing", async () => {
  const rig = new RelayRig();
  await rig.opened(1);
  assert.ok(!("tls" in (rig.socket.framesOf("OPENED")[0]?.body ?? { tls: null })));
  const facts = { serverName: "mail.example.com", alpn: null };
  rig.tls = facts;
  await rig.opened(2, { tls: {} });
  assert.deepEqual(rig.socket.framesOf("OPENED")[1]?.body.tls, facts);
});

Deno.test("a handshake that fails closes its stream with phase tls, and no other", async () => {
  const rig = new RelayRig();
  const other = await rig.opened(1);
  await rig.send({ type: "OPEN", streamId: 2, body: { ...plainOpen, tls: {} } });
  const message = "The server's certificate is for another name.";
  const error = { code: "certificate-name-mismatch", phase: "tls", message } as const;
  await rig.openings.at(-1)?.fail(new ConnectError(error));
  const closed = { type: "CLOSE", streamId: 2, body: { error } } as const;
  assert.deepEqual(rig.socket.framesOf("CLOSE"), [closed]);
  await rig.send({ type: "DATA", streamId: 1, bytes: text("on") });
  assert.equal(other.connection.writtenText, "on");
  assert.deepEqual([rig.relay.streamCount, rig.socket.closedWith], [1, null]);
});
