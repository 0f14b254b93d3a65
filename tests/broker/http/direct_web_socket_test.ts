import assert from "node:assert/strict";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { type WebSocket as NodeWebSocket, WebSocketServer } from "ws";
import { DirectWebSocket, maxHeaderBytes } from "../../../broker/http/direct_web_socket.ts";

/** A WebSocket between a server that sends directly and the runtime's own client. */
async function joined() {
  const server = createServer();
  const webSockets = new WebSocketServer({ noServer: true, perMessageDeflate: false });
  const upgraded = Promise.withResolvers<{ direct: DirectWebSocket; writes: () => number }>();
  server.on("upgrade", (request, socket, head) => {
    webSockets.handleUpgrade(request, socket, head, (webSocket: NodeWebSocket) => {
      let writes = 0;
      const write = socket.write.bind(socket);
      socket.write = ((...given: Parameters<typeof socket.write>) => {
        writes++;
        return write(...given);
      }) as typeof socket.write;
      upgraded.resolve({ direct: new DirectWebSocket(webSocket, socket), writes: () => writes });
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const client = new WebSocket(`ws://127.0.0.1:${(server.address() as AddressInfo).port}/`);
  client.binaryType = "arraybuffer";
  const received: Uint8Array[] = [];
  let arrived = () => {};
  client.onmessage = ({ data }) => {
    received.push(new Uint8Array(data));
    arrived();
  };
  const closed = new Promise<CloseEvent>((resolve) => client.onclose = resolve);
  const { direct, writes } = await upgraded.promise;
  return {
    direct,
    writes,
    client,
    received,
    closed,
    async untilReceived(count: number) {
      while (received.length < count) await new Promise<void>((resolve) => arrived = resolve);
    },
    async [Symbol.asyncDispose]() {
      direct.terminate();
      await closed;
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

function message(byteCount: number): Uint8Array {
  return Uint8Array.from({ length: byteCount }, (_, n) => n * 31 + byteCount);
}

const lengths = [0, 1, 125, 126, 127, 4096, 4097, 65_535, 65_536, 65_537, 262_149];

Deno.test("messages of every length arrive whole and in order, with room before them or without", async () => {
  await using at = await joined();
  const sent: Uint8Array[] = [];
  let done = 0;
  for (const length of [...lengths, ...lengths.toReversed()]) {
    for (const roomBytes of [0, 3, 9, maxHeaderBytes]) {
      const buffer = new Uint8Array(20 + length).fill(0xee);
      const data = buffer.subarray(20);
      data.set(message(length));
      at.direct.send(data, (fault) => {
        assert.ok(!fault);
        done++;
        // Nothing is written over but the room that was given.
        assert.ok(buffer.subarray(0, 20 - roomBytes).every((byte) => byte === 0xee));
      }, roomBytes);
      sent.push(message(length));
    }
  }
  await at.untilReceived(sent.length);
  for (const [n, expected] of sent.entries()) {
    const actual = at.received[n] ?? new Uint8Array();
    assert.equal(actual.length, expected.length);
    assert.ok(actual.every((byte, at) => byte === expected[at]));
  }
  assert.equal(done, sent.length);
});

Deno.test("short messages of one turn leave as one piece", async () => {
  await using at = await joined();
  for (let n = 0; n < 50; n++) at.direct.send(message(n), () => {});
  await at.untilReceived(50);
  assert.equal(at.writes(), 1);
  at.direct.send(new Uint8Array(20_010).subarray(10), () => {}, 10);
  await at.untilReceived(51);
  assert.equal(at.writes(), 2);
});

Deno.test("pings go between messages, and what was sent before close() arrives before it", async () => {
  await using at = await joined();
  const pong = new Promise<void>((resolve) => at.direct.on("pong", () => resolve()));
  at.direct.send(message(10), () => {});
  at.direct.ping();
  at.direct.send(message(100_000), () => {});
  await pong;
  at.direct.send(message(20), () => {});
  at.direct.close(1001, "the broker stops");
  const { code, reason } = await at.closed;
  assert.deepEqual([code, reason], [1001, "the broker stops"]);
  assert.deepEqual(at.received.map(({ length }) => length), [10, 100_000, 20]);
});

Deno.test("after close() messages are not sent, and say so", async () => {
  await using at = await joined();
  at.direct.close(1000, "");
  const faults = await Promise.all(
    [1, 10_000].map((length) => new Promise((resolve) => at.direct.send(message(length), resolve))),
  );
  assert.ok(faults.every((fault) => fault instanceof Error));
  await at.closed;
  assert.equal(at.received.length, 0);
});
