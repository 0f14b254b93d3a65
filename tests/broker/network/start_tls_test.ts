/** TLS against real servers: whose certificate is accepted, and what an app is told of one that is not. @module */
import assert from "node:assert/strict";
import { ConnectError, type TcpConnection } from "../../../broker/actions/ports.ts";
import { handshakeTimeoutMs } from "../../../broker/network/tcp_connection.ts";
import { TcpDialer } from "../../../broker/network/tcp_dialer.ts";
import { FakeClock } from "../../fakes/fake_clock.ts";
import { echo, type ServerCertificate, testCa, TlsServer } from "./tls_server.ts";

const { signal } = new AbortController();

/** What `loopback.pem` says, as `openssl x509` prints it. */
const loopbackCertificate = {
  subject: "CN=localhost",
  issuer: "CN=Gatehouse test CA",
  validFromMs: Date.UTC(2020, 0, 1),
  validToMs: Date.UTC(2120, 0, 1),
  fingerprint256:
    "3E:52:E1:EF:88:38:84:B1:FD:CD:84:30:D5:46:FC:49:A8:F0:95:E8:85:42:73:EA:B0:D5:52:55:AA:B8:F5:E6",
};

function dial(port: number, trusted = [testCa], clock = new FakeClock()): Promise<TcpConnection> {
  const options = { noDelay: true, keepAlive: false, signal };
  return new TcpDialer({ clock, caCerts: trusted }).connectTcp(["127.0.0.1"], port, options);
}

function isFault(code: string) {
  return (fault: unknown) => {
    assert.ok(fault instanceof ConnectError, `${fault}`);
    assert.deepEqual([fault.error.code, fault.error.phase], [code, "tls"]);
    assert.doesNotMatch(
      fault.message,
      /\d|rustls|example|localhost/,
      "it tells what it should not",
    );
    return true;
  };
}

Deno.test("a certificate holds for its names and addresses, and bytes go both ways", async () => {
  using server = new TlsServer("loopback", echo, ["imap", "h2"]);
  const rows: [string, string[], string | null][] = [
    ["localhost", [], null],
    ["mail.example.com", ["imap"], "imap"],
    ["127.0.0.1", ["x", "h2"], "h2"],
  ];
  for (const [serverName, alpn, agreed] of rows) {
    const connection = await dial(server.port);
    const facts = await connection.startTls({ serverName, alpn, signal });
    const { certificate, ...agreedOn } = facts;
    assert.deepEqual(agreedOn, { serverName, alpn: agreed });
    assert.deepEqual(certificate, loopbackCertificate);
    await connection.write(new TextEncoder().encode("A1 NOOP"));
    const buffer = new Uint8Array(100);
    const count = await connection.read(buffer);
    assert.equal(new TextDecoder().decode(buffer.subarray(0, count ?? 0)), "A1 NOOP");
    await connection.closeWrite();
    assert.equal(await connection.read(buffer), null);
    connection.close();
  }
});

Deno.test("every certificate that does not hold has its code, and the connection is closed", async () => {
  const rows: [ServerCertificate, string, string[], string][] = [
    ["loopback", "other.example.com", [testCa], "certificate-name-mismatch"],
    ["loopback", "127.0.0.2", [testCa], "certificate-name-mismatch"],
    ["server", "127.0.0.1", [testCa], "certificate-name-mismatch"],
    ["loopback", "localhost", [], "certificate-untrusted"],
    ["self_signed", "localhost", [testCa], "certificate-untrusted"],
    ["expired", "localhost", [testCa], "certificate-expired"],
  ];
  for (const [certificate, serverName, trusted, code] of rows) {
    using server = new TlsServer(certificate, echo);
    const connection = await dial(server.port, trusted);
    await assert.rejects(connection.startTls({ serverName, alpn: [], signal }), isFault(code));
    await assert.rejects(connection.read(new Uint8Array(1)), ConnectError);
  }
});

Deno.test("no protocol in common, a server that speaks plain text, one that hangs up: tls-failed or reset", async () => {
  using server = new TlsServer("loopback", echo, ["imap"]);
  const stranger = await dial(server.port);
  const wish = { serverName: "localhost", alpn: ["pop3"], signal };
  await assert.rejects(stranger.startTls(wish), isFault("tls-failed"));
  const rows: [(peer: Deno.TcpConn) => Promise<unknown>, string][] = [
    [(peer) => peer.write(new TextEncoder().encode("220 mail ESMTP\r\n")), "tls-failed"],
    [(peer) => peer.closeWrite(), "connection-reset"],
  ];
  for (const [answer, code] of rows) {
    using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    const accepting = listener.accept();
    const connection = await dial(listener.addr.port);
    using peer = await accepting;
    const starting = connection.startTls({ serverName: "localhost", alpn: [], signal });
    await answer(peer);
    await assert.rejects(starting, isFault(code));
  }
});

Deno.test("an empty name is never taken for localhost, a name that is none fails", async () => {
  using server = new TlsServer("loopback", echo);
  for (const [serverName, code] of [["", "internal-error"], ["a b", "tls-failed"]] as const) {
    const connection = await dial(server.port);
    await assert.rejects(connection.startTls({ serverName, alpn: [], signal }), isFault(code));
  }
});

Deno.test("a handshake ends when the app gives up, and when the server takes too long", async () => {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const clock = new FakeClock();
  const aborter = new AbortController();
  const rows: [() => void, string][] = [
    [() => aborter.abort(), "withdrawn"],
    [() => clock.advance(handshakeTimeoutMs), "connection-timed-out"],
  ];
  for (const [stop, code] of rows) {
    const accepting = listener.accept();
    const connection = await dial(listener.addr.port, [], clock);
    using peer = await accepting;
    const more = code === "withdrawn" ? { signal: aborter.signal } : { signal };
    const starting = connection.startTls({ serverName: "localhost", alpn: [], ...more });
    starting.catch(() => {});
    await peer.read(new Uint8Array(1)); // The handshake has begun.
    stop();
    await assert.rejects(starting, isFault(code));
    assert.equal(clock.waiting, 0, "no timer is left");
  }
});

Deno.test("a connection that ends without TLS saying so is an error, not an end: what came may be cut short", async () => {
  using server = new TlsServer("loopback", echo);
  using proxy = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const accepting = proxy.accept();
  const connection = await dial(proxy.addr.port);
  const near = await accepting;
  const far = await Deno.connect({ hostname: "127.0.0.1", port: server.port });
  const relayed = [copy(near, far), copy(far, near)];
  await connection.startTls({ serverName: "localhost", alpn: [], signal });
  await connection.write(Uint8Array.of(7));
  assert.equal(await connection.read(new Uint8Array(10)), 1);
  await near.closeWrite();
  await assert.rejects(connection.read(new Uint8Array(10)), (fault) => {
    assert.ok(fault instanceof ConnectError, `${fault}`);
    assert.deepEqual([fault.error.code, fault.error.phase], ["connection-reset", "transfer"]);
    return true;
  });
  connection.close();
  near.close();
  far.close();
  await Promise.all(relayed);
});

/** Copies bytes until one side ends or breaks. */
async function copy(from: Deno.TcpConn, to: Deno.TcpConn): Promise<void> {
  const buffer = new Uint8Array(64 * 1024);
  try {
    for (let count = await from.read(buffer); count !== null; count = await from.read(buffer)) {
      await to.write(buffer.subarray(0, count));
    }
  } catch {
    // The test has ended the connection.
  }
}
