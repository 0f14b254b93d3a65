/** `net.Server` of the Node-style door, over a real relay and real sockets. @module */
import assert from "node:assert/strict";
import { once } from "node:events";
import { ConnectError } from "../../../../broker/actions/ports.ts";
import { net } from "../../../../broker/sdk/node/mod.ts";
import type { NodeError } from "../../../../broker/sdk/node/node_error.ts";
import type { Server } from "../../../../broker/sdk/node/server.ts";
import type { Socket } from "../../../../broker/sdk/node/socket.ts";
import { SdkRig } from "../sdk_rig.ts";

/** A rig, and a server of the door that listens. */
async function listening(handle: (socket: Socket) => void, ...given: unknown[]) {
  const rig = await SdkRig.start();
  await rig.connect();
  const server = net.createServer(handle);
  server.listen(...given);
  await once(server, "listening");
  return {
    rig,
    server,
    async [Symbol.asyncDispose]() {
      if (server.listening) server.close();
      await rig.close();
    },
  };
}

function portOf(server: Server): number {
  return server.address()?.port ?? 0;
}

async function converse(server: Server, text: string): Promise<string> {
  const connection = await Deno.connect({ hostname: "127.0.0.1", port: portOf(server) });
  await connection.write(new TextEncoder().encode(text));
  await connection.closeWrite();
  return await new Response(connection.readable).text();
}

Deno.test("a server answers everyone who connects, and knows both ends", async () => {
  const ends: unknown[] = [];
  await using at = await listening((socket) => {
    ends.push([socket.localPort === portOf(at.server), socket.remoteAddress, socket.connecting]);
    socket.on("data", (bytes: Uint8Array) => socket.write(`heard ${bytes}`));
  });
  const { server } = at;
  assert.equal(server.listening, true);
  assert.deepEqual(server.address(), {
    address: "127.0.0.1",
    family: "IPv4",
    port: portOf(server),
  });
  const answers = await Promise.all(["one", "two"].map((text) => converse(server, text)));
  assert.deepEqual(answers, ["heard one", "heard two"]);
  assert.deepEqual(ends, Array(2).fill([true, "127.0.0.1", false]));
});

Deno.test("listen: takes its arguments in every way that Node does", async () => {
  const free = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = free.addr;
  free.close();
  const rows: [unknown[], number | null][] = [
    [[], null],
    [[0], null],
    [[port], port],
    [[`${port}`, "127.0.0.1"], port],
    [[port, "127.0.0.1", 5], port],
    [[{ port, host: "127.0.0.1", backlog: 5 }], port],
  ];
  for (const [given, wanted] of rows) {
    const called = Promise.withResolvers<void>();
    await using at = await listening(
      (socket) => socket.end("hello"),
      ...given,
      () => called.resolve(),
    );
    await called.promise;
    const { server } = at;
    if (wanted === null) assert.ok(portOf(server) >= 32768);
    else assert.equal(portOf(server), wanted);
    assert.equal(await converse(server, ""), "hello");
    const closed = once(server, "close");
    server.close();
    await closed;
  }
});

Deno.test("listen: what cannot be listened on throws at once; twice is an error", async () => {
  const rows: [unknown[], string][] = [
    [[70000], "ERR_SOCKET_BAD_PORT"],
    [[{ port: -1 }], "ERR_SOCKET_BAD_PORT"],
    [["/run/x.sock"], "ERR_FEATURE_UNAVAILABLE_ON_PLATFORM"],
    [[{ path: "/run/x.sock" }], "ERR_FEATURE_UNAVAILABLE_ON_PLATFORM"],
  ];
  for (const [given, code] of rows) {
    assert.throws(() => net.createServer().listen(...given), { name: "TypeError", code });
  }
  await using at = await listening(() => {});
  assert.throws(() => at.server.listen(0), { code: "ERR_SERVER_ALREADY_LISTEN" });
});

Deno.test("a refusal is an error with Node's code, and the server does not listen", async () => {
  await using rig = await SdkRig.start();
  await rig.connect();
  rig.listen = () =>
    Promise.reject(new ConnectError({ code: "denied", phase: "policy", message: "No." }));
  const server = net.createServer();
  const failed = new Promise<NodeError>((resolve) =>
    server.on("error", (fault: NodeError) => resolve(fault))
  );
  server.listen(40000);
  const fault = await failed;
  assert.deepEqual([fault.code, fault.syscall, fault.port], ["EACCES", "listen", 40000]);
  assert.deepEqual([server.listening, server.address()], [false, null]);
});

Deno.test("close() waits for the connections that were accepted", async () => {
  const accepted = Promise.withResolvers<Socket>();
  await using at = await listening((socket) => accepted.resolve(socket));
  const { server } = at;
  const connection = await Deno.connect({ hostname: "127.0.0.1", port: portOf(server) });
  const socket = await accepted.promise;
  const count = await new Promise((resolve) => server.getConnections((_, count) => resolve(count)));
  assert.equal(count, 1);
  let closed = false;
  const closing = new Promise<Error | undefined>((resolve) => server.close(resolve));
  server.on("close", () => closed = true);
  assert.equal(server.listening, false);
  socket.write("still here");
  const buffer = new Uint8Array(10);
  await connection.read(buffer);
  assert.equal(new TextDecoder().decode(buffer), "still here");
  assert.equal(closed, false);
  socket.destroy();
  assert.equal(await closing, undefined);
  connection.close();
  const again = await new Promise<NodeError>((resolve) =>
    server.close((fault) => resolve(fault as NodeError))
  );
  assert.equal(again.code, "ERR_SERVER_NOT_RUNNING");
});

Deno.test("connections beyond maxConnections are dropped, and told of", async () => {
  await using at = await listening((socket) => {
    socket.on("error", () => {}); // The rig ends before the connection does.
    socket.write("welcome");
  });
  const { server } = at;
  server.maxConnections = 1;
  const first = await Deno.connect({ hostname: "127.0.0.1", port: portOf(server) });
  await first.read(new Uint8Array(7));
  const dropped = once(server, "drop");
  assert.equal(await converse(server, ""), "");
  const [{ remoteAddress }] = await dropped as [{ remoteAddress: string }];
  assert.equal(remoteAddress, "127.0.0.1");
  first.close();
});
