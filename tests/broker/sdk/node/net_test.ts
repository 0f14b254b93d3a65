/** `net` of the Node-style door, over a real relay: what libraries written for Node rely on. @module */
import assert from "node:assert/strict";
import { once } from "node:events";
import { ConnectError } from "../../../../broker/actions/ports.ts";
import type { SessionError } from "../../../../broker/schema/session.ts";
import { net } from "../../../../broker/sdk/node/mod.ts";
import type { NodeError } from "../../../../broker/sdk/node/node_error.ts";
import { LoopbackServer, SdkRig } from "../sdk_rig.ts";

const text = (value: string) => new TextEncoder().encode(value);

/** A rig, a server, and a socket of the door between them that is open. */
async function joined(options: { allowHalfOpen?: boolean } = {}) {
  const rig = await SdkRig.start();
  const server = new LoopbackServer();
  await rig.connect();
  const accepting = server.accept();
  const socket = net.connect({ port: server.port, host: "127.0.0.1", ...options });
  await once(socket, "connect");
  const peer = await accepting;
  return {
    rig,
    server,
    socket,
    peer,
    async [Symbol.asyncDispose]() {
      socket.destroy();
      await rig.close();
      server[Symbol.dispose]();
    },
  };
}

async function readSome(connection: Deno.TcpConn, byteCount: number): Promise<string> {
  const bytes = new Uint8Array(byteCount);
  for (let at = 0; at < byteCount;) {
    const count = await connection.read(bytes.subarray(at));
    assert.ok(count !== null, `the stream ended after ${at} of ${byteCount} bytes`);
    at += count;
  }
  return new TextDecoder().decode(bytes);
}

Deno.test("connect: takes its arguments in every way that Node does", async () => {
  await using rig = await SdkRig.start();
  using server = new LoopbackServer();
  await rig.connect();
  server.serve(async (connection) => void await connection.write(text("hello")));
  const { port } = server;
  const rows: unknown[][] = [
    [port],
    [port, "127.0.0.1"],
    [`${port}`, "127.0.0.1"],
    [{ port }],
    [{ port: `${port}`, host: "127.0.0.1", family: 4, keepAlive: true, noDelay: false }],
  ];
  for (const given of rows) {
    const connected = Promise.withResolvers<void>();
    const socket = net.createConnection(...given, () => connected.resolve());
    assert.equal(socket.connecting, true);
    assert.equal(socket.readyState, "opening");
    await connected.promise;
    assert.deepEqual([socket.connecting, socket.pending], [false, false]);
    const [bytes] = await once(socket, "data");
    assert.equal(`${bytes}`, "hello");
    socket.destroy();
  }
});

Deno.test("connect: what cannot be a target throws at once, with Node's code", () => {
  const rows: [unknown[], string][] = [
    [[{ port: 70000 }], "ERR_SOCKET_BAD_PORT"],
    [[{ port: -1 }], "ERR_SOCKET_BAD_PORT"],
    [[{}], "ERR_SOCKET_BAD_PORT"],
    [["/run/mysqld.sock"], "ERR_FEATURE_UNAVAILABLE_ON_PLATFORM"],
    [[{ path: "/run/mysqld.sock" }], "ERR_FEATURE_UNAVAILABLE_ON_PLATFORM"],
  ];
  for (const [given, code] of rows) {
    assert.throws(() => net.connect(...given), { name: "TypeError", code });
  }
});

Deno.test("both ends' addresses are told, and forgotten with the connection", async () => {
  await using at = await joined();
  const { socket, peer, server } = at;
  assert.deepEqual(
    [socket.remoteAddress, socket.remotePort, socket.remoteFamily],
    ["127.0.0.1", server.port, "IPv4"],
  );
  const { hostname, port } = peer.remoteAddr;
  assert.deepEqual(socket.address(), { address: hostname, family: "IPv4", port });
  socket.destroy();
  await once(socket, "close");
  assert.deepEqual(socket.address(), {});
});

Deno.test("what is written before and after `connect` arrives in order, and is counted", async () => {
  await using rig = await SdkRig.start();
  using server = new LoopbackServer();
  await rig.connect();
  const accepting = server.accept();
  const socket = net.connect(server.port);
  socket.write("one ");
  socket.write("two ");
  await once(socket, "connect");
  socket.cork();
  socket.write("three ");
  socket.write(text("four"));
  socket.uncork();
  const finished = once(socket, "finish");
  socket.end(" five");
  assert.equal(await readSome(await accepting, 23), "one two three four five");
  await finished;
  assert.equal(socket.bytesWritten, 23);
  socket.destroy();
});

Deno.test("a reader that pauses holds the server back, and loses nothing", async () => {
  await using at = await joined();
  const { socket, peer } = at;
  const total = 1536 * 1024;
  const chunk = new Uint8Array(64 * 1024).map((_, n) => n);
  socket.pause();
  const sending = (async () => {
    for (let sent = 0; sent < total;) sent += await peer.write(chunk.subarray(sent % chunk.length));
    await peer.closeWrite();
  })();
  // All of it is on its way: the rest waits in the windows, not in the stream.
  await sending;
  assert.ok(socket.bytesRead < 256 * 1024, `${socket.bytesRead} bytes were read for nobody`);
  let sum = 0;
  let received = 0;
  socket.on("data", (bytes: Uint8Array) => {
    for (const byte of bytes) sum = (sum + byte) % 65_521;
    received += bytes.length;
  });
  const ended = once(socket, "end");
  socket.resume();
  await ended;
  assert.deepEqual([received, socket.bytesRead], [total, total]);
  assert.equal(sum, chunk.reduce((sum, byte) => sum + byte) * (total / chunk.length) % 65_521);
});

Deno.test("a server that reads nothing makes write() say so, and `drain` follows", async () => {
  await using at = await joined();
  const { socket, peer } = at;
  const big = new Uint8Array(4 * 1024 * 1024);
  assert.equal(socket.write(big), false);
  const drained = once(socket, "drain");
  for (let read = 0; read < big.length;) {
    read += await peer.read(new Uint8Array(256 * 1024)) ?? big.length;
  }
  await drained;
});

Deno.test("the peer's end ends both sides, unless half-open is allowed", async () => {
  for (const allowHalfOpen of [false, true]) {
    await using at = await joined({ allowHalfOpen });
    const { socket, peer } = at;
    await peer.write(text("last"));
    await peer.closeWrite();
    const ended = once(socket, "end");
    socket.resume();
    await ended;
    if (allowHalfOpen) {
      assert.equal(socket.readyState, "writeOnly");
      socket.end("still here");
      assert.equal(await readSome(peer, 10), "still here");
    }
    assert.equal(await peer.read(new Uint8Array(1)), null);
    if (!socket.destroyed) await once(socket, "close");
    assert.equal(socket.readyState, "closed");
  }
});

Deno.test("end() half-closes: the answer is still read, then `close` says that nothing went wrong", async () => {
  await using at = await joined();
  const { socket, peer } = at;
  socket.end("question");
  assert.equal(await readSome(peer, 8), "question");
  assert.equal(await peer.read(new Uint8Array(1)), null);
  await peer.write(text("answer"));
  peer.close();
  socket.setEncoding("utf8");
  assert.deepEqual(await once(socket, "data"), ["answer"]);
  assert.deepEqual(await once(socket, "close"), [false]);
});

Deno.test("destroySoon() sends what was written before it ends", async () => {
  await using at = await joined();
  const { socket, peer } = at;
  socket.write("goodbye");
  socket.destroySoon();
  assert.equal(await readSome(peer, 7), "goodbye");
  assert.equal(await peer.read(new Uint8Array(1)), null);
  if (!socket.destroyed) await once(socket, "close");
});

Deno.test("every failure to open has Node's code, with the broker's word behind it", async () => {
  await using rig = await SdkRig.start();
  await rig.connect();
  const rows: [SessionError["code"], SessionError["phase"], string, string][] = [
    ["denied", "policy", "EACCES", "connect"],
    ["silenced", "policy", "EACCES", "connect"],
    ["withdrawn", "policy", "EACCES", "connect"],
    ["not-installed", "policy", "EACCES", "connect"],
    ["limited", "policy", "EAGAIN", "connect"],
    ["invalid-target", "policy", "EINVAL", "connect"],
    ["name-not-resolved", "dns", "ENOTFOUND", "getaddrinfo"],
    ["connection-refused", "connect", "ECONNREFUSED", "connect"],
    ["connection-reset", "connect", "ECONNRESET", "connect"],
    ["connection-timed-out", "connect", "ETIMEDOUT", "connect"],
    ["unreachable", "connect", "EHOSTUNREACH", "connect"],
    ["address-in-use", "connect", "EADDRINUSE", "connect"],
    ["internal-error", "connect", "EIO", "connect"],
  ];
  for (const [code, phase, wanted, syscall] of rows) {
    const error: SessionError = { code, phase, message: `It is ${code}.` };
    rig.open = () => Promise.reject(new ConnectError(error));
    const socket = net.connect(993, "example.com");
    const closed = once(socket, "close").catch(() => {});
    const [fault] = await new Promise<[NodeError]>((resolve) =>
      socket.on("error", (fault) => resolve([fault as NodeError]))
    );
    assert.equal(fault.code, wanted, code);
    assert.equal(fault.syscall, syscall);
    assert.equal(fault.message, `${syscall} ${wanted} example.com:993: It is ${code}.`);
    assert.deepEqual([fault.address, fault.port], ["example.com", 993]);
    assert.deepEqual((fault.cause as DOMException).cause, error);
    await closed;
    assert.equal(socket.connecting, false);
  }
});

Deno.test("a socket that the person cuts fails with ECONNABORTED, then closes", async () => {
  await using at = await joined();
  const { socket, rig } = at;
  const events: unknown[] = [];
  socket.on("error", (fault) => events.push((fault as NodeError).code));
  const closed = new Promise<boolean>((resolve) => socket.on("close", resolve));
  rig.sessions[0]?.cut({ code: "permission-ended", phase: "transfer", message: "Revoked." });
  assert.equal(await closed, true);
  assert.deepEqual(events, ["ECONNABORTED"]);
});

Deno.test("without a broker the error says so, and writing to a closed socket is an error", async () => {
  await using at = await joined();
  const { socket } = at;
  socket.destroy();
  await once(socket, "close");
  const fault = await new Promise<Error | null | undefined>((resolve) => {
    socket.on("error", () => {});
    socket.write("late", resolve);
  });
  assert.match(`${fault}`, /destroyed|not connected/);
});

Deno.test("setTimeout() tells of silence, and traffic puts it off", async () => {
  await using at = await joined();
  const { socket, peer } = at;
  const idle = once(socket, "timeout");
  socket.setTimeout(30);
  assert.equal(socket.timeout, 30);
  await peer.write(text("."));
  await idle;
  assert.equal(socket.destroyed, false);
  socket.setTimeout(0);
});

Deno.test("a socket can be connected again after its end", async () => {
  await using at = await joined();
  const { socket, server } = at;
  socket.destroy();
  await once(socket, "close");
  const accepting = server.accept();
  socket.connect(server.port);
  await once(socket, "connect");
  const peer = await accepting;
  socket.write("again");
  assert.equal(await readSome(peer, 5), "again");
  await peer.write(text("and back"));
  assert.deepEqual(`${(await once(socket, "data"))[0]}`, "and back");
});

Deno.test("destroy() while the person is asked withdraws the question", async () => {
  await using rig = await SdkRig.start();
  await rig.connect();
  const aborted = Promise.withResolvers<void>();
  const asked = Promise.withResolvers<void>();
  rig.open = (_ask, { signal }) => {
    asked.resolve();
    return new Promise((_resolve, reject) =>
      signal.addEventListener("abort", () => {
        aborted.resolve();
        reject(signal.reason);
      })
    );
  };
  const socket = net.connect(1, "example.com");
  await asked.promise;
  socket.destroy();
  assert.deepEqual(await once(socket, "close"), [false]);
  await aborted.promise;
});

Deno.test("isIP: as Node's", () => {
  const rows: [string, number][] = [
    ["127.0.0.1", 4],
    ["255.255.255.255", 4],
    ["256.1.1.1", 0],
    ["1.2.3", 0],
    ["1.2.3.4.", 0],
    ["01.2.3.4", 0],
    ["", 0],
    ["::", 6],
    ["::1", 6],
    ["2001:db8::1", 6],
    ["::ffff:1.2.3.4", 6],
    ["fe80::1%eth0", 6],
    ["2001:db8:::1", 0],
    ["[::1]", 0],
    ["example.com", 0],
  ];
  for (const [address, family] of rows) {
    assert.equal(net.isIP(address), family, address);
    assert.equal(net.isIPv4(address), family === 4, address);
    assert.equal(net.isIPv6(address), family === 6, address);
  }
});
