/** `TCPServerSocket` by the rows of the Direct Sockets specification, over real sockets. @module */
import assert from "node:assert/strict";
import { setDefaultGatehouse } from "../../../broker/sdk/default_gatehouse.ts";
import { ConnectError } from "../../../broker/actions/ports.ts";
import {
  TCPServerSocket,
  type TCPServerSocketOpenInfo,
} from "../../../broker/sdk/tcp_server_socket.ts";
import type { TCPServerSocketOptions } from "../../../broker/sdk/tcp_server_socket_options.ts";
import type { TCPSocketOpenInfo } from "../../../broker/sdk/tcp_open_info.ts";
import { TCPSocket } from "../../../broker/sdk/tcp_socket.ts";
import { settle } from "../../fakes/fake_clock.ts";
import { SdkRig } from "./sdk_rig.ts";

const make = TCPServerSocket as unknown as new (...given: unknown[]) => TCPServerSocket;

async function listen(
  rig: SdkRig,
  options: TCPServerSocketOptions = {},
): Promise<{ socket: TCPServerSocket; info: TCPServerSocketOpenInfo }> {
  const gatehouse = await rig.connect();
  const socket = new TCPServerSocket("127.0.0.1", { gatehouse, ...options });
  return { socket, info: await socket.opened };
}

async function take(reader: ReadableStreamDefaultReader<TCPSocket>): Promise<TCPSocket> {
  const { value } = await reader.read();
  assert.ok(value);
  return value;
}

function connectTo({ localPort }: TCPServerSocketOpenInfo): Promise<Deno.TcpConn> {
  return Deno.connect({ hostname: "127.0.0.1", port: localPort });
}

Deno.test("constructor: what is wrong throws TypeError before anything is sent", async () => {
  await using rig = await SdkRig.start();
  const gatehouse = await rig.connect();
  const rows: [string, unknown[]][] = [
    ["no argument", []],
    ["no address", ["localhost"]],
    ["a name", ["example.com"]],
    ["an empty address", [""]],
    ["three parts", ["127.0.1"]],
    ["a part beyond 255", ["127.0.0.256"]],
    ["hexadecimal", ["0x7f.0.0.1"]],
    ["brackets", ["[::1]"]],
    ["a zone", ["fe80::1%eth0"]],
    ["no IPv6", ["::g"]],
    ["options that are no object", ["127.0.0.1", 7]],
    ["port 0", ["127.0.0.1", { localPort: 0 }]],
    ["a port beyond 65535", ["127.0.0.1", { localPort: 65_536 }]],
    ["a negative port", ["127.0.0.1", { localPort: -1 }]],
    ["a port that is no number", ["127.0.0.1", { localPort: "x" }]],
    ["a backlog of 0", ["127.0.0.1", { backlog: 0 }]],
    ["a backlog beyond unsigned long", ["127.0.0.1", { backlog: 2 ** 32 }]],
    ["ipv6Only on IPv4", ["0.0.0.0", { ipv6Only: true }]],
    ["ipv6Only on another IPv6", ["::1", { ipv6Only: true }]],
    ["a signal that is none", ["127.0.0.1", { signal: {} }]],
  ];
  setDefaultGatehouse(gatehouse);
  for (const [name, given] of rows) assert.throws(() => new make(...given), TypeError, name);
  assert.equal(rig.relays.length, 0);
});

Deno.test("constructor: the spellings that are addresses, and ipv6Only only where it is true", async () => {
  await using rig = await SdkRig.start();
  setDefaultGatehouse(await rig.connect());
  rig.listen = () => {
    const message = "No.";
    return Promise.reject(new ConnectError({ code: "denied", phase: "policy", message }));
  };
  const rows: unknown[][] = [
    ["127.0.0.1"],
    ["::"],
    ["0:0:0:0:0:0:0:0", { ipv6Only: true }],
    ["::", { ipv6Only: true, localPort: 65_535, backlog: 2 ** 32 - 1 }],
    ["0.0.0.0", { ipv6Only: false }],
    ["::ffff:1.2.3.4"],
  ];
  for (const given of rows) {
    await assert.rejects(new make(...given).opened, { name: "NotAllowedError" });
  }
});

Deno.test("constructor: members are read in the order of their names, once each", async () => {
  await using rig = await SdkRig.start();
  setDefaultGatehouse(await rig.connect());
  const read: string[] = [];
  const options = new Proxy({ localPort: 0 }, {
    get(target, name) {
      read.push(String(name));
      return Reflect.get(target, name);
    },
  });
  assert.throws(() => new make("127.0.0.1", options), TypeError);
  assert.deepEqual(read.slice(0, 3), ["backlog", "ipv6Only", "localPort"]);
  assert.equal(new Set(read).size, read.length);
});

Deno.test("opened: tells where it listens; each read is a TCPSocket that is open already", async () => {
  await using rig = await SdkRig.start();
  const { info } = await listen(rig);
  assert.equal(info.localAddress, "127.0.0.1");
  assert.ok(info.localPort > 0);
  const reader = info.readable.getReader();
  const peer = await connectTo(info);
  const socket = await take(reader);
  assert.ok(socket instanceof TCPSocket);
  const state = await Promise.race([socket.opened, Promise.resolve("pending")]);
  assert.notEqual(state, "pending");
  const { readable, writable, ...ends } = await socket.opened;
  const { port } = peer.localAddr as Deno.NetAddr;
  assert.deepEqual(ends, {
    remoteAddress: "127.0.0.1",
    remotePort: port,
    localAddress: "127.0.0.1",
    localPort: info.localPort,
  });
  const writer = writable.getWriter();
  await writer.write(new TextEncoder().encode("welcome"));
  const bytes = new Uint8Array(16);
  assert.equal(await peer.read(bytes), 7);
  await peer.write(Uint8Array.of(1, 2, 3));
  const byob = readable.getReader({ mode: "byob" });
  assert.deepEqual((await byob.read(new Uint8Array(3))).value, Uint8Array.of(1, 2, 3));
  await writer.close();
  assert.equal(await peer.read(bytes), null);
  peer.close();
  await byob.read(new Uint8Array(1));
  await socket.closed;
});

Deno.test("readable: nothing is accepted ahead of its reader", async () => {
  await using rig = await SdkRig.start();
  const { info } = await listen(rig);
  const peers = [await connectTo(info), await connectTo(info)];
  assert.equal(rig.sessions.length, 1);
  const reader = info.readable.getReader();
  await take(reader);
  assert.equal(rig.sessions.length, 2);
  await take(reader);
  assert.equal(rig.sessions.length, 3);
  for (const peer of peers) peer.close();
});

Deno.test("readable: many connections at once are each served", async () => {
  await using rig = await SdkRig.start();
  const { socket, info } = await listen(rig);
  const serving = (async () => {
    for await (const accepted of info.readable) {
      const { readable, writable }: TCPSocketOpenInfo = await accepted.opened;
      readable.pipeTo(writable).catch(() => {});
    }
  })();
  const sums = await Promise.all(Array.from({ length: 20 }, async (_, n) => {
    const peer = await connectTo(info);
    const sent = new Uint8Array(100_000).fill(n);
    const writing = peer.write(sent).then(async (count) => {
      for (let at = count; at < sent.length;) at += await peer.write(sent.subarray(at));
      await peer.closeWrite();
    });
    let received = 0;
    for await (const piece of peer.readable) {
      assert.ok(piece.every((byte) => byte === n));
      received += piece.length;
    }
    await writing;
    return received;
  }));
  assert.deepEqual(sums, Array.from({ length: 20 }, () => 100_000));
  await socket[Symbol.asyncDispose]();
  await assert.rejects(serving, { name: "AbortError" });
});

Deno.test("opened and closed reject together, with the same DOMException, for every reason", async () => {
  await using rig = await SdkRig.start();
  const gatehouse = await rig.connect();
  const rows = [
    ["denied", "policy", "NotAllowedError"],
    ["limited", "policy", "NotAllowedError"],
    ["invalid-target", "policy", "NetworkError"],
    ["address-in-use", "connect", "NetworkError"],
    ["unreachable", "connect", "NetworkError"],
  ] as const;
  for (const [code, phase, name] of rows) {
    const error = { code, phase, message: `Because of ${code}.` };
    rig.listen = () => Promise.reject(new ConnectError(error));
    const socket = new TCPServerSocket("127.0.0.1", { gatehouse, localPort: 1 });
    const fault = await socket.opened.then(() => assert.fail("opened"), (fault) => fault);
    assert.ok(fault instanceof DOMException);
    assert.equal(fault.name, name, code);
    assert.deepEqual(fault.cause, error);
    assert.equal(await socket.closed.catch((same) => same), fault);
    await assert.rejects(socket.close(), { name: "InvalidStateError" });
  }
});

Deno.test("a port that is taken is NetworkError", async () => {
  await using rig = await SdkRig.start();
  const { info } = await listen(rig);
  const gatehouse = await rig.connect();
  const second = new TCPServerSocket("127.0.0.1", { gatehouse, localPort: info.localPort });
  await assert.rejects(second.opened, { name: "NetworkError", message: /uses this address/ });
});

Deno.test("close(): InvalidStateError while opening and while locked; else closed resolves, and what it accepted lives on", async () => {
  await using rig = await SdkRig.start();
  const gatehouse = await rig.connect();
  const socket = new TCPServerSocket("127.0.0.1", { gatehouse });
  await assert.rejects(socket.close(), { name: "InvalidStateError" });
  const info = await socket.opened;
  const reader = info.readable.getReader();
  const peer = await connectTo(info);
  const accepted = await take(reader);
  await assert.rejects(socket.close(), {
    name: "InvalidStateError",
    message: "Close called on locked streams.",
  });
  reader.releaseLock();
  const closing = socket.close();
  assert.equal(await closing, undefined);
  assert.equal(await socket.closed, undefined);
  // Closed once, it may be locked.
  info.readable.getReader();
  assert.equal(await socket.close(), undefined);
  const { writable } = await accepted.opened;
  await writable.getWriter().write(Uint8Array.of(9));
  assert.equal(await peer.read(new Uint8Array(1)), 1);
  await accepted[Symbol.asyncDispose]();
  peer.close();
  await assert.rejects(connectTo(info), Deno.errors.ConnectionRefused);
});

Deno.test("cancelling the stream stops the listening, and closed resolves", async () => {
  await using rig = await SdkRig.start();
  const { socket, info } = await listen(rig);
  await info.readable.cancel();
  assert.equal(await socket.closed, undefined);
});

Deno.test("a connection that nobody took is closed with the listener", async () => {
  for (const end of ["close", "dispose"]) {
    await using rig = await SdkRig.start();
    const { socket, info } = await listen(rig);
    const reader = info.readable.getReader();
    const abandoned = reader.read();
    abandoned.catch(() => {});
    reader.releaseLock();
    const peer = await connectTo(info);
    // The broker reads once the SDK has the connection, and has given credit for it.
    await peer.write(Uint8Array.of(1));
    while (rig.sessions[1]?.session.bytesReceived !== 1) await settle();
    await (end === "close" ? socket.close() : socket[Symbol.asyncDispose]());
    assert.equal(await peer.read(new Uint8Array(1)).catch(() => null), null);
    peer.close();
  }
});

Deno.test("a revoke errors the stream and rejects closed with the same NetworkError", async () => {
  await using rig = await SdkRig.start();
  const { socket, info } = await listen(rig);
  const reader = info.readable.getReader();
  const reading = reader.read();
  const error = { code: "permission-ended", phase: "policy", message: "Revoked." } as const;
  rig.sessions[0]?.cut(error);
  const fault = await reading.then(() => assert.fail("read"), (fault) => fault);
  assert.equal(fault.name, "NetworkError");
  assert.deepEqual(fault.cause, error);
  assert.equal(await socket.closed.catch((same) => same), fault);
});

Deno.test("a relay that is lost ends the listener and what it accepted", async () => {
  await using rig = await SdkRig.start();
  const { socket, info } = await listen(rig);
  const peer = await connectTo(info);
  const accepted = await take(info.readable.getReader());
  rig.crash();
  await assert.rejects(socket.closed, { name: "NetworkError" });
  await assert.rejects(accepted.closed, { name: "NetworkError" });
  peer.close();
});

Deno.test("signal and await using end it, opening or open", async () => {
  await using rig = await SdkRig.start();
  const gatehouse = await rig.connect();
  const reason = new Error("Enough.");
  const early = new TCPServerSocket("127.0.0.1", { gatehouse, signal: AbortSignal.abort(reason) });
  assert.equal(await early.opened.catch((fault) => fault), reason);
  const aborter = new AbortController();
  const late = new TCPServerSocket("127.0.0.1", { gatehouse, signal: aborter.signal });
  const info = await late.opened;
  aborter.abort(reason);
  assert.equal(await late.closed.catch((fault) => fault), reason);
  let port: number;
  {
    await using socket = new TCPServerSocket("127.0.0.1", { gatehouse });
    port = (await socket.opened).localPort;
  }
  for (const localPort of [info.localPort, port]) {
    // The broker hears of it a moment later.
    while (
      await Deno.connect({ hostname: "127.0.0.1", port: localPort }).then(closeIt, () => false)
    ) {
      // It listens still.
    }
  }
});

function closeIt(conn: Deno.Conn): true {
  conn.close();
  return true;
}
