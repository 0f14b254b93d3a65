/** `dgram` of the Node-style door, over a real relay and real UDP sockets. @module */
import assert from "node:assert/strict";
import { once } from "node:events";
import { ConnectError } from "../../../../broker/actions/ports.ts";
import type { DatagramSocket, RemoteInfo } from "../../../../broker/sdk/node/datagram_socket.ts";
import { dgram } from "../../../../broker/sdk/node/mod.ts";
import type { NodeError } from "../../../../broker/sdk/node/node_error.ts";
import { SdkRig } from "../sdk_rig.ts";

/** A UDP socket of this test that gives back what it gets. */
function startEcho() {
  const conn = Deno.listenDatagram({ transport: "udp", hostname: "127.0.0.1", port: 0 });
  const serving = (async () => {
    for await (const [data, from] of conn) await conn.send(data, from);
  })();
  return {
    port: (conn.addr as Deno.NetAddr).port,
    async [Symbol.asyncDispose]() {
      conn.close();
      await serving;
    },
  };
}

async function connected() {
  const rig = await SdkRig.start();
  await rig.connect();
  return rig;
}

async function nextMessage(socket: DatagramSocket): Promise<[string, RemoteInfo]> {
  const [message, from] = await once(socket, "message") as [Uint8Array, RemoteInfo];
  return [`${message}`, from];
}

Deno.test("bind: takes its arguments in every way that Node does, and tells its address", async () => {
  await using _rig = await connected();
  const rows: unknown[][] = [[], [0], [0, "127.0.0.1"], [{ port: 0, address: "127.0.0.1" }]];
  for (const given of rows) {
    const called = Promise.withResolvers<void>();
    const socket = dgram.createSocket("udp4");
    socket.bind(...given, () => called.resolve());
    await called.promise;
    const { family, port } = socket.address();
    assert.equal(family, "IPv4");
    assert.ok(port >= 32768);
    assert.throws(() => socket.bind(0), { code: "ERR_SOCKET_ALREADY_BOUND" });
    socket.close();
    await once(socket, "close");
  }
});

Deno.test("send: takes its arguments in every way that Node does", async () => {
  await using _rig = await connected();
  await using echo = startEcho();
  const bytes = new TextEncoder().encode("xhellox");
  const rows: [unknown[], string][] = [
    [["hello", echo.port], "hello"],
    [["hello", echo.port, "127.0.0.1"], "hello"],
    [[bytes, 1, 5, echo.port, "127.0.0.1"], "hello"],
    [[new DataView(bytes.buffer, 1, 5), echo.port], "hello"],
    [[["he", "ll", new TextEncoder().encode("o")], echo.port], "hello"],
  ];
  const socket = dgram.createSocket("udp4");
  for (const [given, wanted] of rows) {
    const back = nextMessage(socket);
    const sent = new Promise<[Error | null, number]>((resolve) =>
      socket.send(...given, (fault: Error | null, size: number) => resolve([fault, size]))
    );
    assert.deepEqual(await sent, [null, 5]);
    const [text, from] = await back;
    assert.equal(text, wanted);
    assert.deepEqual(from, { address: "127.0.0.1", family: "IPv4", port: echo.port, size: 5 });
  }
  socket.close();
});

Deno.test("connect: one peer, and send() needs no destination", async () => {
  await using _rig = await connected();
  await using echo = startEcho();
  const socket = dgram.createSocket({ type: "udp4" });
  const connecting = once(socket, "connect");
  socket.connect(echo.port, "127.0.0.1");
  await connecting;
  assert.deepEqual(socket.remoteAddress(), {
    address: "127.0.0.1",
    family: "IPv4",
    port: echo.port,
  });
  const back = nextMessage(socket);
  socket.send("hello");
  assert.equal((await back)[1].port, echo.port);
  assert.throws(() => socket.connect(1), { code: "ERR_SOCKET_DGRAM_IS_CONNECTED" });
  socket.close();
});

Deno.test("a datagram that cannot be is an error of its own, and the socket goes on", async () => {
  await using _rig = await connected();
  await using echo = startEcho();
  const socket = dgram.createSocket("udp4");
  for (const [length, code] of [[0, "EINVAL"], [65_508, "EMSGSIZE"]] as const) {
    const fault = await new Promise<NodeError>((resolve) =>
      socket.send(new Uint8Array(length), echo.port, (fault: NodeError) => resolve(fault))
    );
    assert.equal(fault.code, code);
  }
  assert.throws(() => socket.send("x", 70_000), { code: "ERR_SOCKET_BAD_PORT" });
  assert.throws(() => socket.send(7, 1), { code: "ERR_INVALID_ARG_TYPE" });
  const back = nextMessage(socket);
  socket.send("on", echo.port);
  assert.equal((await back)[0], "on");
  socket.close();
  assert.throws(() => socket.close(), { code: "ERR_SOCKET_DGRAM_NOT_RUNNING" });
});

Deno.test("a refusal is an error with Node's code, and the socket may be bound again", async () => {
  await using rig = await connected();
  const { openUdp } = rig;
  rig.openUdp = () =>
    Promise.reject(new ConnectError({ code: "denied", phase: "policy", message: "No." }));
  const socket = dgram.createSocket("udp4");
  const failed = new Promise<NodeError>((resolve) =>
    socket.on("error", (fault: NodeError) => resolve(fault))
  );
  socket.bind(40_001, "127.0.0.1");
  const fault = await failed;
  assert.deepEqual([fault.code, fault.syscall, fault.port], ["EACCES", "bind", 40_001]);
  assert.throws(() => socket.address(), { code: "EBADF" });
  rig.openUdp = openUdp;
  const listening = once(socket, "listening");
  socket.bind();
  await listening;
  socket.close();
});

Deno.test("groups are joined and left; what is no group is an error event", async () => {
  await using _rig = await connected();
  const socket = dgram.createSocket({ type: "udp4", reuseAddr: true });
  socket.setMulticastTTL(2);
  socket.setMulticastLoopback(true);
  assert.throws(() => socket.addMembership("239.1.2.3"), { code: "EBADF" });
  const listening = once(socket, "listening");
  socket.bind(0, "0.0.0.0");
  await listening;
  const heard = nextMessage(socket);
  socket.addMembership("239.77.12.3");
  // Joining takes as long as a person takes; a message to the group comes back once it is done.
  let over = false;
  const calling = (async () => {
    while (!over) {
      await new Promise((resolve) =>
        socket.send("group", socket.address().port, "239.77.12.3", resolve)
      );
    }
  })();
  assert.equal((await heard)[0], "group");
  over = true;
  await calling;
  socket.dropMembership("239.77.12.3");
  const wrong = once(socket, "error").catch((fault) => [fault]);
  socket.addMembership("not an address");
  const [fault] = await wrong as [NodeError];
  assert.equal(fault.code, "ERR_INVALID_ARG_VALUE");
  assert.throws(() => socket.setBroadcast(true), { code: "EACCES" });
  socket.close();
});

Deno.test("createSocket refuses other kinds of socket", () => {
  assert.throws(() => dgram.createSocket("unix" as "udp4"), { code: "ERR_SOCKET_BAD_TYPE" });
});
