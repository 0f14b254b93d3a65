/** `TCPSocket` against a real relay and real TCP servers: the Direct Sockets rules, row by row. @module */
import assert from "node:assert/strict";
import { ConnectError } from "../../../broker/actions/ports.ts";
import type { SessionError } from "../../../broker/schema/session.ts";
import { setDefaultGatehouse } from "../../../broker/sdk/default_gatehouse.ts";
import type { Gatehouse } from "../../../broker/sdk/gatehouse.ts";
import type { TCPSocketOpenInfo } from "../../../broker/sdk/tcp_open_info.ts";
import { TCPSocket } from "../../../broker/sdk/tcp_socket.ts";
import type { TCPSocketOptions } from "../../../broker/sdk/tcp_socket_options.ts";
import { fakeId } from "../../fakes/fake_secrets.ts";
import { LoopbackServer, SdkRig } from "./sdk_rig.ts";

const text = (value: string) => new TextEncoder().encode(value);

/** A rig, a server, and a socket between them that is open. */
async function joined(options: TCPSocketOptions = {}) {
  const rig = await SdkRig.start();
  const server = new LoopbackServer();
  const gatehouse = await rig.connect();
  const accepting = server.accept();
  const socket = new TCPSocket("127.0.0.1", server.port, { gatehouse, ...options });
  const info = await socket.opened;
  const peer = await accepting;
  return {
    rig,
    server,
    gatehouse,
    socket,
    info,
    peer,
    async [Symbol.asyncDispose]() {
      await rig.close();
      server[Symbol.dispose]();
    },
  };
}

async function readAll(readable: ReadableStream<Uint8Array>): Promise<Uint8Array> {
  return new Uint8Array(await new Response(readable as ReadableStream<BufferSource>).arrayBuffer());
}

async function readSome(connection: Deno.TcpConn, byteCount: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(byteCount);
  for (let at = 0; at < byteCount;) {
    const count = await connection.read(bytes.subarray(at));
    assert.ok(count !== null, `the stream ended after ${at} of ${byteCount} bytes`);
    at += count;
  }
  return bytes;
}

/** Not `deepEqual`, which takes minutes to print how megabytes differ. */
function assertSameBytes(actual: Uint8Array, expected: Uint8Array): void {
  assert.equal(actual.length, expected.length);
  const at = actual.findIndex((byte, n) => byte !== expected[n]);
  assert.equal(at, -1, `byte ${at} is ${actual[at]}, not ${expected[at]}`);
}

function isException(name: string, message?: string | RegExp) {
  return (fault: unknown) => {
    assert.ok(fault instanceof DOMException, `${fault}`);
    assert.equal(fault.name, name);
    if (typeof message === "string") assert.equal(fault.message, message);
    else if (message) assert.match(fault.message, message);
    return true;
  };
}

/** A connection that nobody uses, for constructors that throw. */
const unusedGatehouse = {} as Gatehouse;

Deno.test("constructor: what is wrong throws TypeError, in the specification's order", () => {
  const rows: [string, unknown[], RegExp][] = [
    ["no arguments", [], /2 arguments required, but only 0/],
    ["no port", ["example.com"], /2 arguments required, but only 1/],
    ["a symbol for an address", [Symbol(), 1], /symbol/i],
    ["a big integer for a port", ["a", 1n], /BigInt/i],
    ["options that are no object", ["a", 1, 7], /object/],
    ["sendBufferSize below 0", ["a", 1, { sendBufferSize: -1 }], /sendBufferSize/],
    ["sendBufferSize above 32 bits", ["a", 1, { sendBufferSize: 2 ** 32 }], /sendBufferSize/],
    ["receiveBufferSize not a number", ["a", 1, { receiveBufferSize: NaN }], /receiveBufferSize/],
    ["keepAliveDelay infinite", ["a", 1, { keepAliveDelay: Infinity }], /keepAliveDelay/],
    ["an unknown address family", ["a", 1, { dnsQueryType: "ipv5" }], /SocketDnsQueryType/],
    ["a signal that is none", ["a", 1, { signal: {} }], /AbortSignal/],
    ["sendBufferSize 0", ["a", 1, { sendBufferSize: 0 }], /sendBufferSize/],
    ["receiveBufferSize 0", ["a", 1, { receiveBufferSize: 0 }], /receiveBufferSize/],
    ["keepAliveDelay 999", ["a", 1, { keepAliveDelay: 999 }], /keepAliveDelay/],
    // Conversions come before checks, and members in the order of their names.
    [
      "a range before a zero",
      ["a", 1, { sendBufferSize: 0, keepAliveDelay: -1 }],
      /keepAliveDelay/,
    ],
    ["receive before send", ["a", 1, { sendBufferSize: -1, receiveBufferSize: -1 }], /receive/],
    ["a zero before a delay", ["a", 1, { keepAliveDelay: 1, sendBufferSize: 0 }], /sendBuffer/],
  ];
  for (const [name, [...given], message] of rows) {
    const options = given[2];
    if (options && typeof options === "object") {
      given[2] = { gatehouse: unusedGatehouse, ...options };
    }
    assert.throws(
      () => Reflect.construct(TCPSocket, given),
      (fault) => fault instanceof TypeError && message.test(fault.message),
      name,
    );
  }
});

Deno.test("constructor: without connect() it is NotSupportedError, after the conversions and before the checks", () => {
  // Runs in a fresh realm of modules: other tests of this file have connected.
  setDefaultGatehouse(null as unknown as Gatehouse);
  assert.throws(() => new TCPSocket("a", 1), isException("NotSupportedError"));
  assert.throws(
    () => new TCPSocket("a", 1, { sendBufferSize: 0 }),
    isException("NotSupportedError"),
  );
  assert.throws(() => new TCPSocket("a", 1, { sendBufferSize: -1 }), TypeError);
});

Deno.test("constructor: arguments are converted as Web IDL does, and sent", async () => {
  await using rig = await SdkRig.start();
  const gatehouse = await rig.connect({ userActivation: () => true });
  const asks: unknown[] = [];
  rig.open = (ask) => {
    asks.push([ask.remoteAddress, ask.remotePort, ask.noDelay, ask.keepAlive, ask.family ?? null]);
    assert.equal(ask.userActivation, true);
    return Promise.reject(
      new ConnectError({ code: "denied", phase: "policy", message: "No." }),
    );
  };
  const rows: [unknown, unknown, TCPSocketOptions, unknown[]][] = [
    ["a", 65536 + 993, {}, ["a", 993, false, false, null]],
    ["a", -1, {}, ["a", 65535, false, false, null]],
    ["a", "80", { noDelay: true }, ["a", 80, true, false, null]],
    ["a", 80.9, { keepAliveDelay: 1000 }, ["a", 80, false, true, null]],
    ["a", NaN, { dnsQueryType: "ipv4" }, ["a", 0, false, false, 4]],
    [7, {}, { dnsQueryType: "ipv6" }, ["7", 0, false, false, 6]],
  ];
  for (const [address, port, options, expected] of rows) {
    const socket = new TCPSocket(address as string, port as number, { gatehouse, ...options });
    await assert.rejects(socket.opened);
    assert.deepEqual(asks.pop(), expected);
  }
});

Deno.test("opened: tells both ends' addresses", async () => {
  await using at = await joined();
  const { remoteAddress, remotePort, localAddress, localPort } = at.info;
  assert.deepEqual([remoteAddress, remotePort], ["127.0.0.1", at.server.port]);
  assert.deepEqual([localAddress, localPort], [
    at.peer.remoteAddr.hostname,
    at.peer.remoteAddr.port,
  ]);
});

Deno.test("opened: every cause has its exception, and `opened` and `closed` reject with the same", async () => {
  await using rig = await SdkRig.start();
  const gatehouse = await rig.connect();
  const rows: [SessionError["code"], SessionError["phase"], string][] = [
    ["denied", "policy", "NotAllowedError"],
    ["silenced", "policy", "NotAllowedError"],
    ["withdrawn", "policy", "NotAllowedError"],
    ["not-installed", "policy", "NotAllowedError"],
    ["limited", "policy", "NotAllowedError"],
    ["invalid-target", "policy", "NetworkError"],
    ["name-not-resolved", "dns", "NetworkError"],
    ["connection-refused", "connect", "NetworkError"],
    ["connection-timed-out", "connect", "NetworkError"],
    ["unreachable", "connect", "NetworkError"],
    ["address-in-use", "connect", "NetworkError"],
    ["internal-error", "connect", "NetworkError"],
  ];
  for (const [code, phase, name] of rows) {
    const error: SessionError = { code, phase, message: `It is ${code}.` };
    rig.open = () => Promise.reject(new ConnectError(error));
    const socket = new TCPSocket("example.com", 993, { gatehouse });
    const fault = await socket.opened.then(() => assert.fail(), (fault) => fault);
    assert.ok(isException(name, error.message)(fault), code);
    assert.deepEqual(fault.cause, error);
    assert.equal(await socket.closed.catch((closedFault) => closedFault), fault);
    await assert.rejects(socket.close(), isException("InvalidStateError"));
  }
});

Deno.test("opened: a real refusal is NetworkError, an impossible address never leaves the page", async () => {
  await using rig = await SdkRig.start();
  const gatehouse = await rig.connect();
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr;
  listener.close();
  const refused = new TCPSocket("127.0.0.1", port, { gatehouse });
  const fault = await refused.opened.catch((fault) => fault);
  assert.equal(fault.cause.code, "connection-refused");
  for (const address of ["", "x".repeat(3000)]) {
    const socket = new TCPSocket(address, 1, { gatehouse });
    await assert.rejects(socket.opened, isException("NetworkError"));
  }
  assert.equal(rig.relays.length, 1);
});

Deno.test("opened: waits while the person decides, and says so", async () => {
  await using rig = await SdkRig.start();
  using server = new LoopbackServer();
  const gatehouse = await rig.connect();
  const answered = Promise.withResolvers<void>();
  rig.open = async (ask, events) => {
    events.onWaiting(fakeId("req", 1));
    await answered.promise;
    return await rig.dial(ask, events);
  };
  const waiting = Promise.withResolvers<unknown>();
  gatehouse.events.addEventListener("waiting", ({ detail }) => waiting.resolve(detail));
  const socket = new TCPSocket("127.0.0.1", server.port, { gatehouse });
  assert.deepEqual(await waiting.promise, {
    for: "request",
    requestId: fakeId("req", 1),
    target: `127.0.0.1:${server.port}`,
  });
  await assert.rejects(socket.close(), isException("InvalidStateError"));
  answered.resolve();
  await socket.opened;
});

Deno.test("readable: is a byte stream, read by the default reader and into the caller's buffer", async () => {
  await using at = await joined();
  await at.peer.write(text("hello world"));
  const byob = at.info.readable.getReader({ mode: "byob" });
  let read = await byob.read(new Uint8Array(5));
  assert.deepEqual(read.value, text("hello"));
  read = await byob.read(new Uint8Array(100));
  assert.deepEqual(read.value, text(" world"));
  byob.releaseLock();
  const reader = at.info.readable.getReader();
  const reading = reader.read();
  await at.peer.write(text("again"));
  assert.deepEqual((await reading).value, text("again"));
  await at.peer.closeWrite();
  assert.equal((await reader.read()).done, true);
});

Deno.test("readable: a BYOB read that waits ends at the peer's FIN", async () => {
  await using at = await joined();
  const reader = at.info.readable.getReader({ mode: "byob" });
  const reading = reader.read(new Uint8Array(8));
  await at.peer.closeWrite();
  const { done, value } = await reading;
  assert.equal(done, true);
  assert.equal(value?.byteLength, 0);
});

Deno.test("readable: nothing is queued in the stream, and FIN shows only after what came before it", async () => {
  await using at = await joined();
  await at.peer.write(text("last"));
  await at.peer.closeWrite();
  at.peer.close();
  assert.deepEqual(await readAll(at.info.readable), text("last"));
});

Deno.test("readable: more than the window arrives whole", async () => {
  await using at = await joined({ receiveBufferSize: 5000 });
  const sent = crypto.getRandomValues(new Uint8Array(60_000));
  const big = Uint8Array.from({ length: 20 * sent.length }, (_, n) => sent[n % sent.length] ?? 0);
  const writing = (async () => {
    for (let at_ = 0; at_ < big.length;) at_ += await at.peer.write(big.subarray(at_));
    await at.peer.closeWrite();
  })();
  assertSameBytes(await readAll(at.info.readable), big);
  await writing;
});

Deno.test("writable: chunks of every kind and size arrive whole and in order", async () => {
  await using at = await joined();
  const big = new Uint8Array(196_609).map((_, n) => n * 7);
  const detached = new Uint8Array(8);
  structuredClone(detached, { transfer: [detached.buffer] });
  const writer = at.info.writable.getWriter();
  const chunks: [BufferSource, Uint8Array][] = [
    [text("view"), text("view")],
    [text("buffer").buffer, text("buffer")],
    [new DataView(text("xdatax").buffer, 1, 4), text("data")],
    [new Uint16Array([0x4241]), text("AB")],
    [new Uint8Array(0), new Uint8Array(0)],
    [detached, new Uint8Array(0)],
    [big, big],
    [new Uint8Array(3_000_000).fill(9), new Uint8Array(3_000_000).fill(9)],
  ];
  const writing = (async () => {
    for (const [chunk] of chunks) await writer.write(chunk);
  })();
  for (const [, expected] of chunks) {
    assertSameBytes(await readSome(at.peer, expected.length), expected);
  }
  await writing;
  assert.equal(writer.desiredSize, 1);
});

Deno.test("writable: what is no BufferSource is TypeError and errors the stream", async () => {
  for (const chunk of ["text", 7, null, {}, new Uint8Array(new SharedArrayBuffer(1))]) {
    await using at = await joined();
    const writer = at.info.writable.getWriter();
    await assert.rejects(writer.write(chunk as BufferSource), TypeError);
    await assert.rejects(writer.closed, TypeError);
  }
});

Deno.test("half-close: closing or aborting the writer sends FIN, and reading goes on", async () => {
  for (const how of ["close", "abort"] as const) {
    await using at = await joined();
    const writer = at.info.writable.getWriter();
    await writer.write(text("request"));
    await writer[how]();
    assert.deepEqual(await readSome(at.peer, 7), text("request"));
    assert.equal(await at.peer.read(new Uint8Array(1)), null);
    await at.peer.write(text("response"));
    at.peer.close();
    assert.deepEqual(await readAll(at.info.readable), text("response"));
    assert.equal(await at.socket.closed, undefined);
  }
});

Deno.test("half-close: after the peer's FIN the socket can still write", async () => {
  await using at = await joined();
  await at.peer.closeWrite();
  assert.equal((await readAll(at.info.readable)).length, 0);
  const writer = at.info.writable.getWriter();
  await writer.write(text("still here"));
  assert.deepEqual(await readSome(at.peer, 10), text("still here"));
  await writer.close();
  assert.equal(await at.peer.read(new Uint8Array(1)), null);
  assert.equal(await at.socket.closed, undefined);
});

Deno.test("cancelling the reader closes the read side alone", async () => {
  await using at = await joined({ receiveBufferSize: 1000 });
  await at.info.readable.cancel();
  await at.peer.write(new Uint8Array(100_000));
  const writer = at.info.writable.getWriter();
  await writer.write(text("on"));
  assert.deepEqual(await readSome(at.peer, 2), text("on"));
  await writer.close();
  assert.equal(await at.socket.closed, undefined);
});

Deno.test("close(): ends both directions, `closed` resolves, a write afterwards is AbortError", async () => {
  await using at = await joined();
  const closing = at.socket.close();
  assert.equal(await closing, undefined);
  assert.equal(await at.socket.closed, undefined);
  const writer = at.info.writable.getWriter();
  await assert.rejects(writer.write(text("x")), isException("AbortError", "Stream closed."));
  assert.equal((await at.info.readable.getReader().read()).done, true);
  assert.equal(await at.peer.read(new Uint8Array(1)), null);
});

Deno.test("close(): what was written before is still sent", async () => {
  await using at = await joined();
  const writer = at.info.writable.getWriter();
  await writer.write(new Uint8Array(400_000).fill(5));
  writer.releaseLock();
  await at.socket.close();
  assertSameBytes(await readSome(at.peer, 400_000), new Uint8Array(400_000).fill(5));
  assert.equal(await at.peer.read(new Uint8Array(1)), null);
});

Deno.test("close(): locked streams are InvalidStateError, unless the socket is closed already", async () => {
  const locks: [string, (info: TCPSocketOpenInfo) => { releaseLock(): void }][] = [
    ["reader", ({ readable }) => readable.getReader()],
    ["writer", ({ writable }) => writable.getWriter()],
  ];
  for (const [name, lock] of locks) {
    await using at = await joined();
    const held = lock(at.info);
    await assert.rejects(
      at.socket.close(),
      isException("InvalidStateError", "Close called on locked streams."),
      name,
    );
    held.releaseLock();
    await at.socket.close();
    lock(at.info);
    assert.equal(await at.socket.close(), undefined, name);
  }
});

Deno.test("an open socket that breaks errors both streams with the same NetworkError", async () => {
  await using at = await joined();
  const reader = at.info.readable.getReader();
  const writer = at.info.writable.getWriter();
  const reading = assert.rejects(reader.read(), isException("NetworkError"));
  const revoked: SessionError = { code: "permission-ended", phase: "policy", message: "Revoked." };
  at.rig.sessions[0]?.cut(revoked);
  await reading;
  const fault = await at.socket.closed.catch((fault) => fault);
  assert.deepEqual(fault.cause, revoked);
  assert.equal(await reader.closed.catch((fault) => fault), fault);
  assert.equal(await writer.closed.catch((fault) => fault), fault);
  assert.equal(await at.socket.close().catch((fault) => fault), fault);
});

Deno.test("a relay that is lost errors its sockets, and the next socket connects again", async () => {
  await using at = await joined();
  at.rig.crash();
  const fault = await at.socket.closed.catch((fault) => fault);
  assert.ok(isException("NetworkError")(fault));
  assert.equal(fault.cause.code, "relay-lost");
  const accepting = at.server.accept();
  const next = new TCPSocket("127.0.0.1", at.server.port, { gatehouse: at.gatehouse });
  await next.opened;
  await accepting;
  assert.equal(at.rig.relays.length, 2);
});

Deno.test("signal: aborts before, while and after opening, with its reason", async () => {
  const reason = new Error("enough");
  await using rig = await SdkRig.start();
  const gatehouse = await rig.connect();
  const before = new TCPSocket("127.0.0.1", 1, { gatehouse, signal: AbortSignal.abort(reason) });
  assert.equal(await before.opened.catch((fault) => fault), reason);
  assert.equal(await before.closed.catch((fault) => fault), reason);
  assert.equal(rig.relays.length, 0);

  const asked = Promise.withResolvers<AbortSignal>();
  rig.open = (_ask, { signal }) => {
    asked.resolve(signal);
    return new Promise(() => {});
  };
  const aborter = new AbortController();
  const during = new TCPSocket("127.0.0.1", 1, { gatehouse, signal: aborter.signal });
  const brokerSignal = await asked.promise;
  const withdrawn = new Promise((resolve) => brokerSignal.addEventListener("abort", resolve));
  aborter.abort(reason);
  assert.equal(await during.opened.catch((fault) => fault), reason);
  await withdrawn;

  const later = new AbortController();
  await using at = await joined({ signal: later.signal });
  const reading = at.info.readable.getReader().read().catch((fault) => fault);
  later.abort(reason);
  assert.equal(await reading, reason);
  assert.equal(await at.socket.closed.catch((fault) => fault), reason);
  assert.equal(await at.peer.read(new Uint8Array(1)).catch(() => null), null);
});

Deno.test("await using ends a socket at once, locked or opening", async () => {
  await using at = await joined();
  {
    await using socket = at.socket;
    at.info.readable.getReader();
    assert.ok(socket);
  }
  assert.equal(await at.socket.closed, undefined);
  assert.equal(await at.peer.read(new Uint8Array(1)).catch(() => null), null);
  at.rig.open = () => new Promise(() => {});
  const opening = new TCPSocket("127.0.0.1", 1, { gatehouse: at.gatehouse });
  await opening[Symbol.asyncDispose]();
  await assert.rejects(opening.opened, isException("AbortError"));
});

Deno.test("fairness: one reader that stalls does not hold the others up", async () => {
  await using rig = await SdkRig.start();
  using server = new LoopbackServer();
  const total = 4_000_000;
  server.serve(async (connection) => {
    const piece = new Uint8Array(65_536);
    for (let sent = 0; sent < total;) {
      sent += await connection.write(piece.subarray(0, Math.min(piece.length, total - sent)));
    }
    await connection.closeWrite();
  });
  const gatehouse = await rig.connect();
  const open = async () => {
    const socket = new TCPSocket("127.0.0.1", server.port, { gatehouse });
    return { socket, ...await socket.opened };
  };
  const stalled = await open();
  const flowing = await Promise.all(Array.from({ length: 9 }, open));
  const received = await Promise.all(flowing.map(({ readable }) => readAll(readable)));
  assert.ok(received.every(({ length }) => length === total));
  assert.equal(rig.relays.length, 1);
  assert.equal((await readAll(stalled.readable)).length, total);
});

Deno.test("a writer whose peer stalls does not hold the others up", async () => {
  await using rig = await SdkRig.start();
  using server = new LoopbackServer();
  const gatehouse = await rig.connect();
  const open = async () => {
    const accepting = server.accept();
    const socket = new TCPSocket("127.0.0.1", server.port, { gatehouse });
    return { ...await socket.opened, peer: await accepting };
  };
  const stalled = await open();
  const flowing = await open();
  const total = 20_000_000;
  const stuck = stalled.writable.getWriter().write(new Uint8Array(total));
  const writing = flowing.writable.getWriter().write(new Uint8Array(total));
  assert.equal((await readSome(flowing.peer, total)).length, total);
  await writing;
  assert.equal((await readSome(stalled.peer, total)).length, total);
  await stuck;
});
