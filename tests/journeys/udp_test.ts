/** Datagrams of a page in a real browser: every member of the surface, and protocols that live on UDP, against real peers. @module */
import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { DnsServer } from "../fakes/dns_server.ts";
import { setUdpStage } from "./udp_stage.ts";

const peersFile = fileURLToPath(new URL("./udp_peers.ts", import.meta.url));

/** Starts a peer of npm's. */
async function startPeer(...args: string[]): Promise<{ port: number } & AsyncDisposable> {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-q", "-A", "--no-config", "--no-lock", "--unstable-net", peersFile, ...args],
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const errors = new Response(child.stderr).text();
  const lines = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  const { value } = await lines.read();
  if (value === undefined) throw new Error(await errors);
  return {
    port: Number(value),
    async [Symbol.asyncDispose]() {
      await child.stdin.close();
      await lines.cancel();
      await Promise.all([child.status, errors]);
    },
  };
}

/** A server on loopback that sends back what it is sent. */
function echoServer(): { port: number } & AsyncDisposable {
  const conn = Deno.listenDatagram({ transport: "udp", hostname: "127.0.0.1", port: 0 });
  const serving = (async () => {
    for await (const [bytes, from] of conn) await conn.send(bytes, from);
  })();
  return {
    port: (conn.addr as Deno.NetAddr).port,
    async [Symbol.asyncDispose]() {
      conn.close();
      await serving;
    },
  };
}

/** A UDP port that nobody has. */
function freeUdpPort(): number {
  const conn = Deno.listenDatagram({ transport: "udp", hostname: "127.0.0.1", port: 0 });
  conn.close();
  return (conn.addr as Deno.NetAddr).port;
}

Deno.test("every member of UDPSocket, MulticastController and openUDPSocket, in Chromium", async () => {
  await using server = echoServer();
  await using stage = await setUdpStage();
  const told = await stage.call("everyMember", server.port);
  const streams = ["readable", "writable"];
  const ends = ["localAddress", "localPort"];
  const abort = { name: "AbortError", code: null };
  const typeError = { name: "TypeError", code: null };
  const tooBig = { name: "NetworkError", code: "message-too-big" };
  assert.deepEqual(told, {
    connected: "one",
    info: [...streams, "remoteAddress", "remotePort", ...ends],
    data: 65_507,
    dropped: { received: 0, sent: 0, reason: null },
    locked: { name: "InvalidStateError", code: null },
    closedByClose: true,
    late: abort,
    boundInfo: [...streams, ...ends, "multicastController"],
    bound: ["two", "127.0.0.1", true],
    controller: true,
    joinNoAddress: typeError,
    leaveUnjoined: { name: "InvalidStateError", code: null },
    joinedGroups: [true, 0],
    joinClosed: { name: "InvalidStateError", code: null },
    tooLong: [tooBig, tooBig],
    noData: typeError,
    nothing: typeError,
    aborted: abort,
    legacy: ["three", "127.0.0.1", true],
    legacyPeer: ["127.0.0.1", true],
  });
  assert.deepEqual(stage.asked, [
    `udp-send 127.0.0.1:${server.port}`,
    "udp-bind 127.0.0.1:32768-65535",
  ]);
});

Deno.test("DNS: a page looks names up at a server of its choice", async () => {
  await using server = new DnsServer(({ name }) => ({
    records: name === "printer.example.com"
      ? [{ type: "A", data: "192.0.2.9" }, { type: "A", data: "192.0.2.10" }]
      : [],
  }));
  await using stage = await setUdpStage();
  const { port } = server.nameServer;
  const addresses = await stage.call("lookUp", port, "printer.example.com");
  assert.deepEqual(addresses, ["192.0.2.9", "192.0.2.10"]);
  assert.deepEqual(stage.asked, [`udp-send 127.0.0.1:${port}`]);
});

Deno.test("the BitTorrent DHT: a page pings a node, announces itself, and is found", async () => {
  await using node = await startPeer("dht");
  await using stage = await setUdpStage();
  const told = await stage.call("distributedHashTable", node.port);
  assert.deepEqual(told, { nodeIdBytes: 20, before: 0, peers: ["127.0.0.1:6881"] });
  assert.deepEqual(stage.asked, [
    "udp-bind 127.0.0.1:32768-65535",
    `udp-send 127.0.0.1:${node.port}`,
  ]);
});

Deno.test("mDNS: a page joins the group, asks, and hears who answers", async () => {
  const port = freeUdpPort();
  await using _responder = await startPeer("mdns", `${port}`);
  await using stage = await setUdpStage();
  const told = await stage.call("multicastName", port, "printer.local");
  assert.deepEqual(told, {
    ...{ addresses: ["192.0.2.9"], joined: ["224.0.0.251"], left: [], remotePort: port },
  });
  assert.deepEqual(stage.asked, [
    `udp-bind 0.0.0.0:${port}`,
    `udp-multicast 224.0.0.251:${port}`,
  ]);
});

Deno.test("openUDPSocket without an address leads where the person says", async () => {
  await using server = echoServer();
  await using stage = await setUdpStage((target) =>
    target.replace("*:*", `127.0.0.1:${server.port}`)
  );
  const echoed = await stage.call("echoWherever", "hello");
  assert.deepEqual(echoed, { text: "hello", remotePort: server.port });
  assert.deepEqual(stage.asked, ["udp-send *:*"]);
});

Deno.test("a revoke in the dashboard cuts a page's socket, and the row tells what it moved", async () => {
  await using server = echoServer();
  await using stage = await setUdpStage();
  const { gatehouse, page } = stage;
  const handle = await page.evaluateHandle(async (port) => {
    // deno-lint-ignore no-explicit-any
    const { app } = globalThis as any;
    const { socket, send, next } = await app.open({ remoteAddress: "127.0.0.1", remotePort: port });
    await send({ data: new TextEncoder().encode("hello") });
    await next();
    return { closed: socket.closed.then(() => null, app.tell) };
  }, server.port);
  const answer = await gatehouse.admin("GET", "/sessions");
  const { sessions: [session] } = await answer.json();
  assert.deepEqual([session.bytesSent, session.bytesReceived, session.datagrams], [5, 5, {
    ...{ sent: 1, received: 1, droppedSent: 0, droppedReceived: 0 },
  }]);
  for (const { id } of [...gatehouse.broker.store.list("grant")]) {
    await gatehouse.admin("DELETE", `/grants/${id}`);
  }
  const told = await handle.evaluate(({ closed }) => closed);
  assert.deepEqual(told, { name: "NetworkError", code: "permission-ended" });
  assert.equal(gatehouse.broker.sessions.size, 0);
});
