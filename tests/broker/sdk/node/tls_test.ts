/** `tls` of the Node-style door, over a real relay and real TLS servers: encrypted at once, and later. @module */
import assert from "node:assert/strict";
import { once } from "node:events";
import { net, tls } from "../../../../broker/sdk/node/mod.ts";
import type { NodeError } from "../../../../broker/sdk/node/node_error.ts";
import { StartTlsServer } from "../../network/starttls_server.ts";
import { echo, TlsServer } from "../../network/tls_server.ts";
import { LoopbackServer, SdkRig } from "../sdk_rig.ts";

async function connected() {
  const rig = await SdkRig.start();
  await rig.connect();
  return rig;
}

Deno.test("connect: the certificate is verified, and what was agreed on is told", async () => {
  await using _rig = await connected();
  using server = new TlsServer("loopback", echo, ["imap"]);
  const listened = Promise.withResolvers<void>();
  const socket = tls.connect({
    host: "127.0.0.1",
    port: server.port,
    servername: "mail.example.com",
    ALPNProtocols: ["imap"],
  }, () => listened.resolve());
  assert.deepEqual([socket.encrypted, socket.authorized], [true, false]);
  await listened.promise;
  assert.deepEqual([socket.authorized, socket.authorizationError], [true, null]);
  assert.deepEqual([socket.alpnProtocol, socket.servername], ["imap", "mail.example.com"]);
  socket.write("hello");
  const [bytes] = await once(socket, "data");
  assert.equal(`${bytes}`, "hello");
  socket.destroy();
});

Deno.test("connect: takes its arguments in every way that Node does", async () => {
  await using _rig = await connected();
  using server = new TlsServer("loopback", echo);
  const { port } = server;
  for (const given of [[port, "127.0.0.1"], [port, "127.0.0.1", {}], [{ port }], [`${port}`]]) {
    const socket = tls.connect(...given);
    await once(socket, "secureConnect");
    assert.equal(socket.alpnProtocol, false);
    socket.destroy();
  }
});

Deno.test("connect: a certificate that does not hold is an error with Node's code", async () => {
  await using _rig = await connected();
  const rows = [
    ["server", "ERR_TLS_CERT_ALTNAME_INVALID"],
    ["expired", "CERT_HAS_EXPIRED"],
    ["self_signed", "UNABLE_TO_VERIFY_LEAF_SIGNATURE"],
  ] as const;
  for (const [certificate, code] of rows) {
    using server = new TlsServer(certificate, echo);
    const socket = tls.connect(server.port, "127.0.0.1");
    const [fault] = await new Promise<[NodeError]>((resolve) =>
      socket.on("error", (fault) => resolve([fault as NodeError]))
    );
    assert.equal(fault.code, code);
    assert.equal(socket.authorized, false);
  }
});

Deno.test("connect: less than a verified certificate cannot be asked for", () => {
  for (const options of [{ rejectUnauthorized: false }, { ca: "PEM" }]) {
    assert.throws(() => tls.connect({ port: 1, ...options }), {
      name: "TypeError",
      code: "ERR_INVALID_ARG_VALUE",
    });
  }
});

/** A plain connection whose server has greeted; `data` hears what the server says. */
async function greeted(port: number) {
  const plain = net.connect({ host: "localhost", port, family: 4 });
  const [greeting] = await once(plain, "data");
  assert.equal(`${greeting}`, "220 ready\r\n");
  return plain;
}

Deno.test("a connection is encrypted later, in the listener of the server's answer or a while after it", async () => {
  for (const late of [false, true]) {
    await using _rig = await connected();
    await using server = await StartTlsServer.start();
    const plain = await greeted(server.port);
    const upgraded = new Promise<ReturnType<typeof tls.connect>>((resolve) => {
      plain.once("data", () => {
        const upgrade = () => resolve(tls.connect({ socket: plain, servername: "localhost" }));
        if (late) Promise.resolve().then(() => queueMicrotask(upgrade));
        else upgrade();
      });
    });
    plain.write("STARTTLS\r\n");
    const secure = await upgraded;
    await once(secure, "secureConnect");
    assert.equal(secure.authorized, true);
    assert.equal(secure.getPeerCertificate()["subject"]?.["CN"], "localhost");
    secure.write("NOOP\r\n");
    const [answer] = await once(secure, "data");
    assert.equal(`${answer}`, "NOOP\r\n");
    secure.destroy();
    await once(secure, "close");
    assert.equal(plain.destroyed, true);
  }
});

Deno.test("plain text that was put in between and not read is refused", async () => {
  await using _rig = await connected();
  await using server = await StartTlsServer.start({ injection: "pipelined" });
  const plain = await greeted(server.port);
  plain.pause();
  const answered = once(plain, "readable");
  plain.write("STARTTLS\r\n");
  await answered;
  assert.equal(`${plain.read(8)}`, "220 go\r\n");
  const secure = tls.connect({ socket: plain, servername: "localhost" });
  secure.on("data", (bytes) => assert.fail(`took ${bytes} for what the server says`));
  const fault = await new Promise<NodeError>((resolve) =>
    secure.on("error", (fault) => resolve(fault as NodeError))
  );
  assert.equal(fault.code, "EPROTO");
  assert.match(fault.message, /more in plain text than was read/);
  plain.destroy();
});

Deno.test("a connection that is not there, or was opened to stay plain, is not encrypted", async () => {
  await using _rig = await connected();
  using server = new LoopbackServer();
  const stays = net.connect({ port: server.port, secureTransport: "off" });
  await once(stays, "connect");
  for (
    const [socket, code] of [[new net.Socket(), "ERR_SOCKET_CLOSED"], [stays, "EBUSY"]] as const
  ) {
    const secure = tls.connect({ socket });
    const fault = await new Promise<NodeError>((resolve) =>
      secure.on("error", (fault) => resolve(fault as NodeError))
    );
    assert.equal(fault.code, code);
  }
});
