/** Tunnels of a whole broker, by the browser's own WebSocket interface: bulk, back-pressure, ends, and no. @module */
import assert from "node:assert/strict";
import { addProgram } from "../../broker/actions/add_program.ts";
import type { AppId } from "../../broker/schema/ids.ts";
import { startTestBroker, type TestBroker } from "../fakes/test_broker.ts";

async function allow({ broker }: TestBroker, appId: AppId, port: number): Promise<void> {
  const id = broker.secrets.newId("grant");
  await broker.store.commit({
    puts: [{
      noun: "grant",
      id,
      record: {
        v: 1,
        id,
        effect: "allow",
        appId,
        capability: "tcp-connect",
        target: `127.0.0.1:${port}`,
        spaces: ["loopback"],
        duration: { kind: "always" },
        createdAtMs: broker.clock.nowMs(),
        expiresAtMs: null,
        requestId: null,
        spentBy: null,
      },
    }],
  });
}

/** A program, and a server on loopback that it may connect to. */
async function withTunnels(
  run: (parts: {
    gatehouse: TestBroker;
    server: Deno.TcpListener;
    /** Opens a tunnel by one of the two addresses. */
    open(kind: "websockify" | "wsproxy", port?: number, protocols?: string[]): WebSocket;
  }) => Promise<void>,
): Promise<void> {
  const gatehouse = await startTestBroker();
  using server = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  try {
    const { app, token } = await addProgram(gatehouse.broker, "Tool");
    await allow(gatehouse, app.id, server.addr.port);
    const base = gatehouse.url.replace("http", "ws");
    await run({
      gatehouse,
      server,
      open(kind, port = server.addr.port, protocols = []) {
        const target = `127.0.0.1:${port}`;
        const path = kind === "wsproxy" ? `/${target}` : `?token=${target}`;
        const webSocket = new WebSocket(`${base}/${kind}/${token}${path}`, protocols);
        webSocket.binaryType = "arraybuffer";
        return webSocket;
      },
    });
    assert.deepEqual(gatehouse.log.errors, []);
  } finally {
    await gatehouse.stop();
  }
}

function opened(webSocket: WebSocket): Promise<void> {
  return new Promise((resolve, reject) => {
    webSocket.onopen = () => resolve();
    webSocket.onerror = () => reject(new Error("it was not let in"));
  });
}

function closed(webSocket: WebSocket): Promise<CloseEvent> {
  return new Promise((resolve) => webSocket.onclose = resolve);
}

/** Reads to the end. */
async function readAll(connection: Deno.TcpConn): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await new Response(connection.readable).arrayBuffer());
}

const pattern = Uint8Array.from({ length: 8 * 1024 * 1024 }, (_, n) => n * 7 + (n >> 11));

function assertPattern(actual: Uint8Array): void {
  assert.equal(actual.length, pattern.length);
  assert.equal(actual.findIndex((byte, n) => byte !== pattern[n]), -1);
}

for (const kind of ["websockify", "wsproxy"] as const) {
  Deno.test(`${kind}: what a server sends comes whole, and its end closes with 1000`, async () => {
    await withTunnels(async ({ server, open }) => {
      const webSocket = open(kind, undefined, kind === "websockify" ? ["binary"] : []);
      const pieces: ArrayBuffer[] = [];
      webSocket.onmessage = ({ data }) => pieces.push(data);
      const end = closed(webSocket);
      await opened(webSocket);
      assert.equal(webSocket.protocol, kind === "websockify" ? "binary" : "");
      const connection = await server.accept();
      await new Response(pattern).body?.pipeTo(connection.writable);
      const { code, reason } = await end;
      assert.deepEqual([code, reason], [1000, "Target closed"]);
      assertPattern(new Uint8Array(await new Blob(pieces).arrayBuffer()));
    });
  });

  Deno.test(`${kind}: a server that reads after its client has gone gets all of it`, async () => {
    await withTunnels(async ({ server, open }) => {
      const webSocket = open(kind);
      await opened(webSocket);
      for (let at = 0; at < pattern.length; at += 64 * 1024) {
        webSocket.send(pattern.subarray(at, at + 64 * 1024));
      }
      const end = closed(webSocket);
      webSocket.close();
      const connection = await server.accept();
      assertPattern(await readAll(connection));
      await end;
    });
  });
}

Deno.test("a target that nobody answers at, or that is denied, closes with 1011 and says why", async () => {
  await withTunnels(async ({ gatehouse, server, open }) => {
    server.close();
    const refused = await closed(open("websockify"));
    assert.equal(refused.code, 1011);
    assert.match(refused.reason, /refused/i);
    // The broker's own port, as the machine of these tests has it.
    const own = await closed(open("wsproxy", gatehouse.broker.machine.brokerPorts[0]));
    assert.equal(own.code, 1011);
    assert.notEqual(own.reason, "");
  });
});

Deno.test("text closes with 1003, and the broker's stop with 1001 or why the session ended", async () => {
  await withTunnels(async ({ gatehouse, open }) => {
    const texting = open("websockify");
    await opened(texting);
    const end = closed(texting);
    texting.send("text");
    assert.equal((await end).code, 1003);
    const last = open("wsproxy");
    await opened(last);
    const stopped = closed(last);
    await gatehouse.stop();
    assert.ok([1001, 1011].includes((await stopped).code));
  });
});
