/** `TLSSocket` against a real relay and real TLS servers: it keeps the rules of `TCPSocket`, and adds a verified name. @module */
import assert from "node:assert/strict";
import type { SessionError } from "../../../broker/schema/session.ts";
import type { Gatehouse } from "../../../broker/sdk/gatehouse.ts";
import { TCPSocket } from "../../../broker/sdk/tcp_socket.ts";
import { TLSSocket } from "../../../broker/sdk/tls_socket.ts";
import { echo, TlsServer } from "../network/tls_server.ts";
import { LoopbackServer, SdkRig } from "./sdk_rig.ts";

const pem = "-----BEGIN CERTIFICATE-----";
const text = (value: string) => new TextEncoder().encode(value);

function isException(name: string, code?: string) {
  return (fault: unknown) => {
    assert.ok(fault instanceof DOMException, `${fault}`);
    assert.equal(fault.name, name);
    if (code) assert.equal((fault.cause as SessionError).code, code);
    return true;
  };
}

Deno.test("constructor: what is wrong throws TypeError before anything is sent", () => {
  const gatehouse = {} as Gatehouse;
  const rows: [string, unknown[], RegExp][] = [
    ["no port", ["a"], /TLSSocket: 2 arguments required, but only 1/],
    ["options that are no object", ["a", 1, 7], /TLSSocket: the options/],
    ["what TCPSocket refuses", ["a", 1, { keepAliveDelay: -1 }], /keepAliveDelay/],
    ["a zero buffer", ["a", 1, { gatehouse, receiveBufferSize: 0 }], /receiveBufferSize/],
    ["protocols that are no list", ["a", 1, { alpn: "h2" }], /alpn must be a list/],
    ["an empty protocol", ["a", 1, { alpn: [""] }], /alpn/],
    ["a protocol of 256 characters", ["a", 1, { alpn: ["x".repeat(256)] }], /alpn/],
    ["17 protocols", ["a", 1, { alpn: Array(17).fill("x") }], /at most 16/],
    ["an empty name", ["a", 1, { sni: "" }], /sni/],
    ["an overlong name", ["a", 1, { sni: "x".repeat(254) }], /sni/],
    ["leaving the certificate unverified", ["a", 1, { verifyPeer: false }], /always verified/],
    ["an authority of its own", ["a", 1, { ca: "PEM" }], /ca is not supported/],
    ["a certificate without its key", ["a", 1, { cert: pem }], /cert and key must be given/],
    ["a key without its certificate", ["a", 1, { key: pem }], /cert and key must be given/],
    ["a certificate that is no PEM", ["a", 1, { cert: "DER", key: pem }], /cert is not PEM/],
    ["a key that is no PEM", ["a", 1, { cert: pem, key: "DER" }], /key is not PEM/],
    ["a certificate too long", ["a", 1, { cert: pem.repeat(600), key: pem }], /12000 characters/],
    ["to be encrypted later", ["a", 1, { secureTransport: "starttls" }], /for a TCPSocket/],
  ];
  for (const [name, given, message] of rows) {
    assert.throws(
      () => Reflect.construct(TLSSocket, given),
      (fault) => fault instanceof TypeError && message.test(fault.message),
      name,
    );
  }
});

Deno.test("opened tells the protocol agreed on; bytes of any number come back whole, then FIN", async () => {
  await using rig = await SdkRig.start();
  using server = new TlsServer("loopback", echo, ["imap", "h2"]);
  const gatehouse = await rig.connect();
  const options = { gatehouse, sni: "mail.example.com", alpn: ["x", "imap"] };
  const socket = new TLSSocket("127.0.0.1", server.port, options);
  await assert.rejects(socket.close(), isException("InvalidStateError"));
  const { readable, writable, alpn, remoteAddress, remotePort, certificate } = await socket.opened;
  assert.equal(certificate?.issuer, "CN=Gatehouse test CA");
  assert.deepEqual([alpn, remoteAddress, remotePort], ["imap", "127.0.0.1", server.port]);
  assert.equal(rig.sessions[0]?.session.tls?.serverName, "mail.example.com");
  const bytes = Uint8Array.from({ length: 300_000 }, (_, n) => n % 251);
  const writer = writable.getWriter();
  const written = writer.write(bytes).then(() => writer.close());
  const back = new Uint8Array(
    await new Response(readable as ReadableStream<BufferSource>).arrayBuffer(),
  );
  await written;
  assert.equal(back.length, bytes.length);
  assert.equal(back.findIndex((byte, n) => byte !== bytes[n]), -1);
  await socket.closed;
});

Deno.test("without options it is verified for its own address, and has no protocol", async () => {
  await using rig = await SdkRig.start();
  using server = new TlsServer("loopback", echo);
  const gatehouse = await rig.connect();
  const socket = new TLSSocket("localhost", server.port, { gatehouse, dnsQueryType: "ipv4" });
  assert.equal((await socket.opened).alpn, null);
  assert.equal(rig.sessions[0]?.session.tls?.serverName, "localhost");
  await socket.close();
});

Deno.test("a server that cannot prove its name: opened and closed reject alike, with NetworkError and the code", async () => {
  await using rig = await SdkRig.start();
  const gatehouse = await rig.connect();
  const rows = [
    ["server", "certificate-name-mismatch"],
    ["self_signed", "certificate-untrusted"],
    ["expired", "certificate-expired"],
  ] as const;
  for (const [certificate, code] of rows) {
    using server = new TlsServer(certificate, echo);
    const socket = new TLSSocket("127.0.0.1", server.port, { gatehouse });
    const faults = await Promise.allSettled([socket.opened, socket.closed]);
    const [first, second] = faults.map((fault) => fault.status === "rejected" && fault.reason);
    assert.ok(isException("NetworkError", code)(first));
    assert.equal((first.cause as SessionError).phase, "tls");
    assert.equal(first, second);
    await assert.rejects(socket.close(), isException("InvalidStateError"));
  }
});

Deno.test("a handshake that fails touches no other socket of the same relay", async () => {
  await using rig = await SdkRig.start();
  using good = new TlsServer("loopback", echo);
  using bad = new TlsServer("expired", echo);
  using plainServer = new LoopbackServer();
  const gatehouse = await rig.connect();
  const accepting = plainServer.accept();
  const plain = new TCPSocket("127.0.0.1", plainServer.port, { gatehouse });
  const encrypted = new TLSSocket("127.0.0.1", good.port, { gatehouse });
  const streams = [await plain.opened, await encrypted.opened];
  const peer = await accepting;
  const failing = new TLSSocket("127.0.0.1", bad.port, { gatehouse });
  await assert.rejects(failing.opened, isException("NetworkError", "certificate-expired"));
  assert.equal(rig.relays.length, 1);
  assert.equal(rig.relays[0]?.streamCount, 2);
  await peer.write(text("still here"));
  await streams[1]?.writable.getWriter().write(text("still here"));
  for (const { readable } of streams) {
    const { value } = await readable.getReader().read();
    assert.deepEqual(value, text("still here"));
  }
});

Deno.test("signal and await using end it, opening or open", async () => {
  await using rig = await SdkRig.start();
  using server = new TlsServer("loopback", echo);
  using silent = new LoopbackServer();
  const gatehouse = await rig.connect();
  const aborter = new AbortController();
  const opening = new TLSSocket("127.0.0.1", silent.port, { gatehouse, signal: aborter.signal });
  const peer = await silent.accept();
  await peer.read(new Uint8Array(1)); // The handshake has begun.
  const reason = new Error("No longer wanted");
  aborter.abort(reason);
  await assert.rejects(opening.opened, reason);
  let closed: Promise<undefined>;
  {
    await using socket = new TLSSocket("127.0.0.1", server.port, { gatehouse });
    await socket.opened;
    closed = socket.closed;
  }
  assert.equal(await closed, undefined);
});
