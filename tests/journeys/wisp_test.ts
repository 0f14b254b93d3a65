/** A Wisp client that knows nothing of Gatehouse: npm wisp-js, both versions, against a whole broker and real servers. @module */
import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { addProgram } from "../../broker/actions/add_program.ts";
import { answerRequest } from "../../broker/actions/answer_request.ts";
import { requestView } from "../../broker/actions/request_view.ts";
import type { Capability } from "../../broker/schema/capability.ts";
import type { AppId } from "../../broker/schema/ids.ts";
import { startTestBroker, type TestBroker } from "../fakes/test_broker.ts";

const clientFile = fileURLToPath(new URL("../peers/wisp_js_client.ts", import.meta.url));

interface Report {
  version: number;
  udp: boolean;
  outcomes: { received: number; sum: number; reason: number | null }[];
}

/** Runs the client, which does every step on a stream of its own, all at once. */
async function runClient(url: string, version: 1 | 2, steps: object[]): Promise<Report> {
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-q", "-A", "--no-config", "--no-lock", clientFile].concat(
      JSON.stringify({ url, version, steps }),
    ),
    env: { WS_NO_BUFFER_UTIL: "1" },
    stdout: "piped",
    stderr: "piped",
  }).output();
  if (!success) throw new Error(new TextDecoder().decode(stderr));
  return JSON.parse(new TextDecoder().decode(stdout));
}

/** Servers on loopback: two give back what they get, by TCP and by UDP, one says goodbye at once, and one port is nobody's. */
function startServers() {
  const echo = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const goodbye = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const nobody = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const datagrams = Deno.listenDatagram({ transport: "udp", hostname: "127.0.0.1", port: 0 });
  const ports = {
    datagrams: (datagrams.addr as Deno.NetAddr).port,
    echo: echo.addr.port,
    goodbye: goodbye.addr.port,
    nobody: nobody.addr.port,
  };
  nobody.close();
  const running = Promise.all([
    (async () => {
      for await (const conn of echo) conn.readable.pipeTo(conn.writable).catch(() => {});
    })(),
    (async () => {
      for await (const [bytes, from] of datagrams) await datagrams.send(bytes, from);
    })(),
    (async () => {
      for await (const conn of goodbye) {
        await conn.write(new TextEncoder().encode("bye"));
        conn.close();
      }
    })(),
  ]);
  return {
    ports,
    async [Symbol.asyncDispose]() {
      echo.close();
      goodbye.close();
      datagrams.close();
      await running;
    },
  };
}

async function grant(
  broker: TestBroker["broker"],
  appId: AppId,
  effect: "allow" | "deny",
  target: string,
  capability: Capability = "tcp-connect",
) {
  const id = broker.secrets.newId("grant");
  await broker.store.commit({
    puts: [{
      noun: "grant",
      id,
      record: {
        v: 1,
        id,
        effect,
        appId,
        capability,
        target,
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

/** Allows the first question that comes, always. */
function allowNext(broker: TestBroker["broker"]): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const stop = broker.store.subscribe(({ puts }) => {
    const put = puts.find((put) => put.noun === "request" && put.record.outcome === null);
    if (put?.noun !== "request") return;
    stop();
    const { record } = put;
    const { reviewToken } = requestView(broker, record);
    answerRequest(broker, record.id, {
      effect: "allow",
      duration: { kind: "always" },
      reviewToken,
    }).then(() => resolve(record.target), reject);
  });
  return promise;
}

for (const version of [1, 2] as const) {
  Deno.test(`wisp-js, unchanged, by version ${version}: bytes, datagrams, a question, and every kind of no`, async () => {
    await using servers = startServers();
    const { ports } = servers;
    const gatehouse = await startTestBroker();
    const { broker, url } = gatehouse;
    try {
      const { app, token } = await addProgram(broker, "Tool");
      await grant(broker, app.id, "allow", `127.0.0.1:${ports.goodbye}`);
      await grant(broker, app.id, "allow", `127.0.0.1:${ports.nobody}`);
      await grant(broker, app.id, "deny", "127.0.0.1:9");
      await grant(broker, app.id, "allow", `127.0.0.1:${ports.datagrams}`, "udp-send");
      await grant(broker, app.id, "deny", "127.0.0.1:9", "udp-send");
      const step = { host: "127.0.0.1", type: "tcp", packets: 0, packetBytes: 0, awaitBytes: 0 };
      const bulk = { packets: 2000, packetBytes: 1500, awaitBytes: 3_000_000 };
      const datagrams = { type: "udp", packets: 20, packetBytes: 1200, awaitBytes: 24_000 };
      const asked = allowNext(broker);
      const report = await runClient(`${url.replace("http", "ws")}/wisp/${token}/`, version, [
        // Nobody has allowed this yet: what the client sends waits with it.
        { ...step, ...bulk, port: ports.echo },
        { ...step, port: ports.goodbye },
        { ...step, port: ports.nobody },
        { ...step, port: 9 },
        { ...step, host: "no such name", port: 80 },
        { ...step, ...datagrams, port: ports.datagrams },
        { ...step, type: "udp", port: 9 },
      ]);
      assert.equal(await asked, `127.0.0.1:${ports.echo}`);
      assert.deepEqual([report.version, report.udp], [version, true]);
      let sum = 0;
      for (let n = 0; n < bulk.packets; n++) {
        for (let at = 0; at < bulk.packetBytes; at++) sum = (sum * 31 + (n & 0xff)) % 1_000_003;
      }
      const [echoed, goodbye, refusedPort, denied, noName, echoedUdp, deniedUdp] = report.outcomes;
      assert.deepEqual(echoed, { received: bulk.awaitBytes, sum, reason: null });
      assert.deepEqual([goodbye?.received, goodbye?.reason], [3, 0x02]);
      const refused = [refusedPort, denied, noName, deniedUdp];
      assert.deepEqual(refused.map((outcome) => outcome?.reason), [0x44, 0x48, 0x41, 0x48]);
      assert.deepEqual([echoedUdp?.received, echoedUdp?.reason], [datagrams.awaitBytes, null]);
      assert.deepEqual(gatehouse.log.errors, []);
    } finally {
      await gatehouse.stop();
    }
    assert.equal(gatehouse.broker.sessions.size, 0);
  });
}
