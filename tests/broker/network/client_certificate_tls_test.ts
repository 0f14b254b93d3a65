/** Certificates of an app's own, against a server that demands one: who is let in, whom the app trusts, what is left behind. @module */
import assert from "node:assert/strict";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import * as tls from "node:tls";
import { ConnectError, type TcpConnection } from "../../../broker/actions/ports.ts";
import {
  drainMs,
  startTlsWithCertificate,
} from "../../../broker/network/client_certificate_tls.ts";
import { TcpDialer } from "../../../broker/network/tcp_dialer.ts";
import { FakeClock } from "../../fakes/fake_clock.ts";
import { clientCertificate, readFixture, testCa } from "./tls_server.ts";

const { signal } = new AbortController();

/** Starts a server that takes only clients with `client.pem`, and gives each to `serve`. */
async function demandingServer(
  serve: (socket: tls.TLSSocket) => void,
): Promise<tls.Server & { port: number }> {
  const server = tls.createServer({
    cert: readFixture("loopback.pem"),
    key: readFixture("server.key.pem"),
    ca: [clientCertificate.cert],
    requestCert: true,
    rejectUnauthorized: true,
    ALPNProtocols: ["postgresql"],
    allowHalfOpen: true,
  }, serve);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return Object.assign(server, { port: (server.address() as AddressInfo).port });
}

function dial(port: number, clock = new FakeClock()): Promise<TcpConnection> {
  const options = { noDelay: true, keepAlive: false, signal };
  return new TcpDialer({ clock, caCerts: [testCa] }).connectTcp(["127.0.0.1"], port, options);
}

function isFault(code: string, phase: string) {
  return (fault: unknown) => {
    assert.ok(fault instanceof ConnectError, `${fault}`);
    assert.deepEqual([fault.error.code, fault.error.phase], [code, phase]);
    return true;
  };
}

async function readAll(connection: TcpConnection): Promise<string> {
  const buffer = new Uint8Array(64 * 1024);
  let text = "";
  for (let count = await connection.read(buffer); count !== null;) {
    text += new TextDecoder().decode(buffer.subarray(0, count));
    count = await connection.read(buffer);
  }
  return text;
}

Deno.test("a server that demands a certificate learns whose it is, half-close goes both ways", async () => {
  const server = await demandingServer((socket) => {
    let heard = "";
    socket.on("data", (bytes) => heard += bytes);
    socket.on("end", () => socket.end(`${socket.getPeerCertificate().subject.CN}: ${heard}`));
  });
  const clock = new FakeClock();
  const connection = await dial(server.port, clock);
  const wish = { serverName: "mail.example.com", alpn: ["postgresql"], clientCertificate, signal };
  const { certificate: _, ...facts } = await connection.startTls(wish);
  const agreed = { serverName: "mail.example.com", alpn: "postgresql", clientCertificate: true };
  assert.deepEqual(facts, agreed);
  await connection.write(new TextEncoder().encode("hello"));
  await connection.closeWrite();
  assert.equal(await readAll(connection), "An app of its own: hello");
  connection.close();
  server.close();
  await once(server, "close");
  assert.equal(clock.waiting, 0, "no timer is left");
});

Deno.test("without a certificate the same server lets nobody in", async () => {
  const server = await demandingServer((socket) => socket.end());
  server.on("tlsClientError", () => {});
  const connection = await dial(server.port);
  await connection.startTls({ serverName: "localhost", alpn: [], signal });
  await assert.rejects(readAll(connection), isFault("tls-failed", "transfer"));
  connection.close();
  server.close();
});

Deno.test("to have a certificate changes nothing about whom the app trusts", async () => {
  const server = await demandingServer((socket) => socket.end());
  server.on("tlsClientError", () => {});
  for (const serverName of ["other.example.com", "127.0.0.2", "0.0.0.0"]) {
    const connection = await dial(server.port);
    await assert.rejects(
      connection.startTls({ serverName, alpn: [], clientCertificate, signal }),
      isFault("certificate-name-mismatch", "tls"),
    );
    await assert.rejects(connection.read(new Uint8Array(1)), ConnectError);
  }
  server.close();
});

Deno.test("a certificate or key that is none, or of another pair, says so and tells nothing of the key", async () => {
  const server = await demandingServer((socket) => socket.end());
  const { cert, key } = clientCertificate;
  const rows = [
    { cert: "none", key },
    { cert, key: "none" },
    { cert, key: readFixture("server.key.pem") },
  ];
  for (const row of rows) {
    const connection = await dial(server.port);
    await assert.rejects(
      connection.startTls({ serverName: "localhost", alpn: [], clientCertificate: row, signal }),
      { message: "The app's own certificate and its key cannot be used together." },
    );
  }
  server.close();
});

Deno.test("megabytes pass both ways", async () => {
  const bytes = 8 * 1024 * 1024;
  const sent = Promise.withResolvers<void>();
  const server = await demandingServer((socket) => {
    let heard = 0;
    socket.on("data", (piece: Uint8Array) => heard += piece.length);
    socket.on("end", () => {
      assert.equal(heard, bytes);
      socket.end(new Uint8Array(bytes), () => sent.resolve());
    });
  });
  const connection = await dial(server.port);
  await connection.startTls({ serverName: "localhost", alpn: [], clientCertificate, signal });
  const piece = new Uint8Array(256 * 1024);
  for (let at = 0; at < bytes; at += piece.length) await connection.write(piece);
  await connection.closeWrite();
  let received = 0;
  for (let count = await connection.read(piece); count !== null;) {
    received += count;
    count = await connection.read(piece);
  }
  assert.equal(received, bytes);
  await sent.promise;
  connection.close();
  server.close();
});

Deno.test("what was written before the connection is closed still arrives, and then it is closed", async () => {
  const heard = Promise.withResolvers<string>();
  const gone = Promise.withResolvers<void>();
  const server = await demandingServer((socket) => {
    let text = "";
    socket.on("data", (bytes) => text += bytes);
    socket.on("error", () => {});
    socket.on("close", () => {
      heard.resolve(text);
      gone.resolve();
    });
    socket.on("end", () => socket.end());
  });
  const clock = new FakeClock();
  const connection = await dial(server.port, clock);
  await connection.startTls({ serverName: "localhost", alpn: [], clientCertificate, signal });
  await connection.write(new TextEncoder().encode("QUIT\r\n"));
  const reading = connection.read(new Uint8Array(1));
  connection.close();
  await assert.rejects(reading, ConnectError);
  assert.equal(await heard.promise, "QUIT\r\n");
  await gone.promise;
  server.close();
  await once(server, "close");
  assert.equal(clock.waiting, 0, "no timer is left");
});

Deno.test("a server that takes nothing more does not hold a closed connection open", async () => {
  const server = await demandingServer((socket) => socket.on("error", () => {}));
  const real = await Deno.connect({ hostname: "127.0.0.1", port: server.port });
  const stalled = Promise.withResolvers<void>();
  const closed = Promise.withResolvers<number>();
  let takes = true;
  const far = {
    read: (buffer: Uint8Array) => real.read(buffer),
    write: (bytes: Uint8Array) => {
      if (takes) return real.write(bytes);
      stalled.resolve();
      return closed.promise;
    },
    close: () => {
      real.close();
      closed.reject(new Error("closed"));
    },
  };
  const clock = new FakeClock();
  const { tls, release } = await startTlsWithCertificate(far as unknown as Deno.TcpConn, {
    ...{ serverName: "localhost", alpn: [], clientCertificate, clock },
    caCerts: [testCa],
  });
  await tls.handshake();
  takes = false;
  await tls.write(new TextEncoder().encode("QUIT\r\n"));
  await stalled.promise;
  tls.close();
  release();
  assert.equal(clock.waiting, 1, "what was written may still leave");
  await clock.advance(drainMs);
  await assert.rejects(closed.promise, /closed/);
  assert.equal(clock.waiting, 0);
  server.close();
});
