/** `startTls()` against a real relay and servers that encrypt on command: the upgrade, its refusals, and what an attacker gets. @module */
import assert from "node:assert/strict";
import type { SessionError } from "../../../broker/schema/session.ts";
import type { Gatehouse } from "../../../broker/sdk/gatehouse.ts";
import { TCPSocket } from "../../../broker/sdk/tcp_socket.ts";
import type { TCPSocketOpenInfo } from "../../../broker/sdk/tcp_open_info.ts";
import { TLSSocket } from "../../../broker/sdk/tls_socket.ts";
import type { StartTlsOptions } from "../../../broker/sdk/tls_socket_options.ts";
import { type Injection, StartTlsServer } from "../network/starttls_server.ts";
import { clientCertificate } from "../network/tls_server.ts";
import { LoopbackServer, SdkRig } from "./sdk_rig.ts";

function isException(name: string, code?: string) {
  return (fault: unknown) => {
    assert.ok(fault instanceof DOMException, `${fault}`);
    assert.equal(fault.name, name);
    if (code) assert.equal((fault.cause as SessionError).code, code);
    return true;
  };
}

/** Reads until what came ends with `end`. */
async function readTo({ readable }: TCPSocketOpenInfo, end: string): Promise<string> {
  const reader = readable.pipeThrough(new TextDecoderStream(), { preventCancel: true }).getReader();
  let heard = "";
  while (!heard.endsWith(end)) {
    const { done, value } = await reader.read();
    if (done) break;
    heard += value;
  }
  return heard;
}

/** Reads once. */
async function read({ readable }: TCPSocketOpenInfo): Promise<string> {
  const reader = readable.getReader();
  const { value } = await reader.read();
  reader.releaseLock();
  return new TextDecoder().decode(value);
}

async function write({ writable }: TCPSocketOpenInfo, text: string): Promise<void> {
  const writer = writable.getWriter();
  await writer.write(new TextEncoder().encode(text));
  writer.releaseLock();
}

/** A socket whose server has said that it may be encrypted now. */
async function agreed(gatehouse: Gatehouse, port: number, signal?: AbortSignal) {
  const socket = new TCPSocket("localhost", port, {
    gatehouse,
    secureTransport: "starttls",
    dnsQueryType: "ipv4",
    ...(signal && { signal }),
  });
  const info = await socket.opened;
  assert.equal(await read(info), "220 ready\r\n");
  await write(info, "STARTTLS\r\n");
  const goAhead = await read(info);
  return { socket, info, goAhead };
}

Deno.test("the connection goes on in the new socket; the old one is closed, and its streams are over", async () => {
  await using rig = await SdkRig.start();
  await using server = await StartTlsServer.start();
  const { socket, info, goAhead } = await agreed(await rig.connect(), server.port);
  assert.equal(goAhead, "220 go\r\n");
  const secure = socket.startTls({ alpn: ["smtp"] });
  assert.ok(secure instanceof TLSSocket);
  assert.equal(await socket.closed, undefined);
  assert.equal(await socket.close(), undefined);
  assert.deepEqual(await info.readable.getReader().read(), { done: true, value: undefined });
  await assert.rejects(info.writable.getWriter().closed, isException("InvalidStateError"));
  const opened = await secure.opened;
  assert.deepEqual(
    [opened.alpn, opened.certificate?.subject, opened.remotePort],
    ["smtp", "CN=localhost", server.port],
  );
  assert.equal(rig.sessions[0]?.session.tls?.serverName, "localhost");
  await socket[Symbol.asyncDispose](); // It is over, so this reaches nothing.
  const bytes = new Uint8Array(3_000_000).fill(65);
  const writer = opened.writable.getWriter();
  const written = writer.write(bytes).then(() => writer.close());
  const back = await new Response(opened.readable as ReadableStream<BufferSource>).arrayBuffer();
  await written;
  assert.equal(back.byteLength, bytes.length);
  await secure.closed;
  assert.deepEqual(server.clients, [null]);
});

Deno.test("a certificate of the app's own is shown to the server", async () => {
  await using rig = await SdkRig.start();
  await using server = await StartTlsServer.start();
  const { socket } = await agreed(await rig.connect(), server.port);
  const secure = socket.startTls({ sni: "mail.example.com", ...clientCertificate });
  const opened = await secure.opened;
  await write(opened, "NOOP\r\n");
  assert.equal(await readTo(opened, "\r\n"), "NOOP\r\n");
  assert.deepEqual(server.clients, ["An app of its own"]);
  assert.deepEqual(
    [rig.sessions[0]?.session.tls?.serverName, rig.sessions[0]?.session.tls?.clientCertificate],
    ["mail.example.com", true],
  );
});

Deno.test("plain text that was put in between is never taken for what the server says", async () => {
  const injections: Injection[] = ["pipelined", "none", "after"];
  for (const injection of injections) {
    await using rig = await SdkRig.start();
    await using server = await StartTlsServer.start({ injection });
    const { socket, goAhead } = await agreed(await rig.connect(), server.port);
    if (injection === "pipelined") {
      // Here the app has read it in plain text, for what it is worth, and nothing else comes of it.
      assert.equal(goAhead, "220 go\r\n250 injected\r\n");
      const opened = await socket.startTls().opened;
      await write(opened, "EHLO\r\n");
      assert.equal(await readTo(opened, "\r\n"), "EHLO\r\n");
      continue;
    }
    assert.equal(goAhead, "220 go\r\n");
    if (injection === "none") await server.inject();
    const secure = socket.startTls();
    await assert.rejects(secure.opened, isException("NetworkError", "tls-failed"), injection);
    await assert.rejects(secure.closed, isException("NetworkError", "tls-failed"));
    assert.deepEqual(server.clients, []);
  }
});

Deno.test("what the app has not read to the end refuses the upgrade, and ends the connection", async () => {
  await using rig = await SdkRig.start();
  await using server = await StartTlsServer.start({ injection: "pipelined" });
  const gatehouse = await rig.connect();
  const socket = new TCPSocket("127.0.0.1", server.port, {
    gatehouse,
    secureTransport: "starttls",
  });
  const info = await socket.opened;
  await read(info);
  await write(info, "STARTTLS\r\n");
  // A line at a time: the rest is there already, in the socket or still at the server.
  const reader = info.readable.getReader({ mode: "byob" });
  const { value } = await reader.read(new Uint8Array(8));
  assert.equal(new TextDecoder().decode(value), "220 go\r\n");
  const secure = socket.startTls();
  await assert.rejects(secure.opened, isException("NetworkError", "tls-failed"));
  assert.deepEqual(server.clients, []);
});

Deno.test("a certificate that does not hold ends the connection with its code", async () => {
  await using rig = await SdkRig.start();
  const gatehouse = await rig.connect();
  const rows = [
    ["expired", {}, "certificate-expired"],
    ["self_signed", {}, "certificate-untrusted"],
    ["loopback", { sni: "other.example.com" }, "certificate-name-mismatch"],
    ["server", {}, "certificate-name-mismatch"],
  ] as const;
  for (const [certificate, options, code] of rows) {
    await using server = await StartTlsServer.start({ certificate });
    const { socket } = await agreed(gatehouse, server.port);
    const secure = socket.startTls(options);
    await assert.rejects(secure.opened, isException("NetworkError", code));
    await assert.rejects(secure.closed, isException("NetworkError", code));
  }
  assert.equal(rig.relays[0]?.streamCount, 0);
});

Deno.test("InvalidStateError: not for it, opening, failed, encrypted already, closed one way, a read pending", async () => {
  await using rig = await SdkRig.start();
  await using server = await StartTlsServer.start();
  using silent = new LoopbackServer();
  const gatehouse = await rig.connect();
  const refuses = (socket: TCPSocket) =>
    assert.throws(() => socket.startTls(), isException("InvalidStateError"));
  const plain = new TCPSocket("127.0.0.1", server.port, { gatehouse });
  await plain.opened;
  refuses(plain);
  await using opening = new TCPSocket("127.0.0.1", silent.port, {
    gatehouse,
    secureTransport: "starttls",
  });
  refuses(opening);
  const { socket: twice } = await agreed(gatehouse, server.port);
  const secure = twice.startTls();
  refuses(twice);
  await secure.opened;
  const { socket: half, info } = await agreed(gatehouse, server.port);
  await info.writable.close();
  refuses(half);
  const { socket: deaf, info: deafInfo } = await agreed(gatehouse, server.port);
  await deafInfo.readable.cancel();
  refuses(deaf);
  const { socket: reading, info: readingInfo } = await agreed(gatehouse, server.port);
  const reader = readingInfo.readable.getReader();
  reader.read().catch(() => {});
  refuses(reading);
  const { socket: gone } = await agreed(gatehouse, server.port);
  await gone.close();
  refuses(gone);
});

Deno.test("TypeError for wrong options, before anything is given away", async () => {
  await using rig = await SdkRig.start();
  await using server = await StartTlsServer.start();
  const { socket } = await agreed(await rig.connect(), server.port);
  const rows: [unknown, RegExp][] = [
    [7, /options must be an object/],
    [{ sni: "" }, /sni/],
    [{ alpn: "smtp" }, /alpn/],
    [{ verifyPeer: false }, /always verified/],
    [{ cert: "-----BEGIN " }, /given together/],
    [{ signal: {} }, /AbortSignal/],
  ];
  for (const [options, message] of rows) {
    assert.throws(
      () => socket.startTls(options as StartTlsOptions),
      (fault) => fault instanceof TypeError && message.test(fault.message),
    );
  }
  await socket.startTls().opened;
});

Deno.test("what was written before goes out in plain text first, what is written after never does", async () => {
  await using rig = await SdkRig.start();
  await using server = await StartTlsServer.start();
  const gatehouse = await rig.connect();
  const socket = new TCPSocket("127.0.0.1", server.port, {
    gatehouse,
    secureTransport: "starttls",
  });
  const info = await socket.opened;
  await read(info);
  const writer = info.writable.getWriter();
  const first = writer.write(new TextEncoder().encode("START"));
  const second = writer.write(new TextEncoder().encode("TLS\r\n"));
  await Promise.all([first, second]);
  writer.releaseLock();
  assert.equal(await read(info), "220 go\r\n");
  const late = info.writable.getWriter();
  const secure = socket.startTls();
  await assert.rejects(late.write(new Uint8Array(1)), isException("InvalidStateError"));
  await secure.opened;
});

Deno.test("the plain socket's signal ends the encrypted one, its own too, and a handshake that is under way", async () => {
  await using rig = await SdkRig.start();
  await using server = await StartTlsServer.start();
  const gatehouse = await rig.connect();
  const reason = new Error("No longer wanted");
  const first = new AbortController();
  const { socket } = await agreed(gatehouse, server.port, first.signal);
  const secure = socket.startTls();
  await secure.opened;
  first.abort(reason);
  await assert.rejects(secure.closed, reason);
  const { socket: other } = await agreed(gatehouse, server.port);
  await assert.rejects(other.startTls({ signal: AbortSignal.abort(reason) }).opened, reason);
  const under = new AbortController();
  const { socket: third } = await agreed(gatehouse, server.port);
  const handshaking = third.startTls({ signal: under.signal });
  under.abort(reason);
  await assert.rejects(handshaking.opened, reason);
});

Deno.test("a plain socket that is never encrypted keeps every rule: reads of any size, FIN, half-close", async () => {
  await using rig = await SdkRig.start();
  await using server = await StartTlsServer.start();
  const gatehouse = await rig.connect();
  const socket = new TCPSocket("127.0.0.1", server.port, {
    gatehouse,
    secureTransport: "starttls",
  });
  const info = await socket.opened;
  await write(info, "QUIT\r\n");
  const all = "220 ready\r\n221 bye\r\n";
  assert.equal(await new Response(info.readable as ReadableStream<BufferSource>).text(), all);
  assert.throws(() => socket.startTls(), isException("InvalidStateError"));
});
