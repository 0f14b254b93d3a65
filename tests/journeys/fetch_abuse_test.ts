/** Servers that mean harm, met by an app's fetch through a whole broker: each has its error, memory stays small. @module */
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer as createWebServer } from "node:http";
import { type AddressInfo, createServer, type Socket } from "node:net";
import * as tls from "node:tls";
import { constants, createBrotliCompress, createGzip } from "node:zlib";
import { addProgram } from "../../broker/actions/add_program.ts";
import { defaultBodyLimits } from "../../broker/core/body_limits.ts";
import { PooledHttpClient } from "../../broker/network/http_client.ts";
import { TcpDialer } from "../../broker/network/tcp_dialer.ts";
import { connect } from "../../broker/sdk/connect.ts";
import type { FetchProgress } from "../../broker/sdk/fetch.ts";
import type { Gatehouse } from "../../broker/sdk/gatehouse.ts";
import { systemClock } from "../../broker/stores/system_clock.ts";
import { readFixture, testCa } from "../broker/network/tls_server.ts";
import { fakeBroker, FakePolicySource } from "../fakes/fake_broker.ts";
import { FakeClock } from "../fakes/fake_clock.ts";
import { FakeResolver } from "../fakes/fake_resolver.ts";
import { startTestBroker, type TestBroker } from "../fakes/test_broker.ts";
import type { GatehouseParts } from "../../main.ts";

const dialer = new TcpDialer({ clock: systemClock, caCerts: [testCa] });

interface Rig {
  broker: TestBroker;
  gatehouse: Gatehouse;
  resolver: FakeResolver;
}

/** A broker with one app that may fetch everything that can be allowed at all. */
async function withBroker(
  run: (rig: Rig) => Promise<void>,
  parts: Partial<GatehouseParts> = {},
): Promise<void> {
  const resolver = new FakeResolver();
  const policy = new FakePolicySource();
  policy.replace({ intranet: ["gatehouse.test"] });
  resolver.addresses.set("web.gatehouse.test", ["127.0.0.1"]);
  const brokerPorts: number[] = [];
  const machine = { ...fakeBroker().machine, brokerPorts };
  const broker = await startTestBroker({ dialer, resolver, policy, machine, ...parts });
  brokerPorts.push(broker.port);
  const { app, token } = await addProgram(broker.broker, "Reader");
  const id = broker.broker.secrets.newId("grant");
  await broker.broker.store.commit({
    puts: [{
      noun: "grant",
      id,
      record: {
        ...{ v: 1, id, effect: "allow", appId: app.id, capability: "host-access" },
        ...{
          target: "<all_urls>",
          spaces: ["public", "local", "loopback"],
          createdAtMs: broker.broker.clock.nowMs(),
        },
        ...{ duration: { kind: "always" }, expiresAtMs: null, requestId: null, spentBy: null },
      },
    }],
  });
  const gatehouse = await connect({ broker: broker.url, token });
  try {
    await run({ broker, gatehouse, resolver });
    assert.equal(broker.broker.sessions.size, 0, "nothing is left open");
    assert.deepEqual(broker.log.errors, []);
  } finally {
    gatehouse.close();
    await broker.stop();
  }
}

/** Runs a test against a server, and closes it with what it has open. */
async function withServer(
  server: ReturnType<typeof createServer>,
  run: (port: number) => Promise<void>,
): Promise<void> {
  const sockets = new Set<Socket>();
  server.on("connection", (socket: Socket) => {
    sockets.add(socket);
    socket.on("error", () => {});
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  try {
    await run((server.address() as AddressInfo).port);
  } finally {
    const closed = once(server, "close");
    server.close();
    for (const socket of sockets) socket.destroy();
    await closed;
  }
}

/** A server that answers every request with what `answer` writes. */
function rawServer(answer: (socket: Socket) => void): ReturnType<typeof createServer> {
  return createServer((socket) => void socket.once("data", () => answer(socket)));
}

/** Fetches to the end, and tells the code of the failure, or the text. */
async function outcome(
  gatehouse: Gatehouse,
  url: string,
  onProgress: (progress: FetchProgress) => void = () => {},
): Promise<string> {
  try {
    return `came: ${await (await gatehouse.fetch(url, { onProgress })).text()}`;
  } catch (fault) {
    assert.ok(fault instanceof TypeError, `${fault}`);
    const { code, message } = fault.cause as { code: string; message: string };
    assert.doesNotMatch(message, /\d+\.\d+\.\d+\.\d+|::1/, "no address is told");
    return code;
  }
}

/** What the process holds beyond `before`, in MiB. */
function grownMiB(before: number): number {
  return Math.round((Deno.memoryUsage().rss - before) / 1024 ** 2);
}

const twoGiB = 2 * 1024 ** 3;
const ok = "HTTP/1.1 200 OK\r\n";

const quick = { params: { [constants.BROTLI_PARAM_QUALITY]: 1 } };
const encoders = [
  ["gzip", () => createGzip()],
  ["br", () => createBrotliCompress(quick)],
] as const;
for (const [coding, makeEncoder] of encoders) {
  Deno.test(`a ${coding} bomb of 2 GiB is cut off after little of it, in little memory`, async () => {
    let packedBytes = 0;
    const server = createWebServer((_, outgoing) => {
      outgoing.writeHead(200, { "content-encoding": coding });
      const encoder = makeEncoder();
      const zeros = new Uint8Array(1024 * 1024);
      const more = () => {
        while (!outgoing.destroyed && packedBytes < twoGiB) {
          packedBytes += zeros.length;
          if (!encoder.write(zeros)) return void encoder.once("drain", more);
        }
        encoder.end();
      };
      encoder.pipe(outgoing);
      more();
    });
    await withServer(server, (port) =>
      withBroker(async ({ gatehouse }) => {
        const before = Deno.memoryUsage().rss;
        let receivedBytes = 0;
        const url = `http://127.0.0.1:${port}/`;
        const code = await outcome(gatehouse, url, (progress) => {
          receivedBytes = progress.receivedBytes;
        });
        assert.equal(code, "too-large");
        assert.ok(receivedBytes < 32 * 1024 ** 2, `${receivedBytes} bytes came`);
        assert.ok(grownMiB(before) < 96, `${grownMiB(before)} MiB more`);
      }));
  });
}

Deno.test("2 GiB that nobody reads stay where they are", async () => {
  let sentBytes = 0;
  const gone = Promise.withResolvers<void>();
  const piece = new Uint8Array(256 * 1024);
  const server = createWebServer((_, outgoing) => {
    outgoing.on("close", () => gone.resolve());
    const more = () => {
      while (!outgoing.destroyed && sentBytes < twoGiB) {
        sentBytes += piece.length;
        if (!outgoing.write(piece)) return void outgoing.once("drain", more);
      }
    };
    more();
  });
  await withServer(server, (port) =>
    withBroker(async ({ gatehouse }) => {
      const before = Deno.memoryUsage().rss;
      const { body } = await gatehouse.fetch(`http://127.0.0.1:${port}/`);
      const reader = body!.getReader();
      for (let turn = 0; turn < 20; turn++) await reader.read();
      // Another fetch goes its way meanwhile.
      const other = rawServer((socket) => void socket.end(`${ok}Content-Length: 2\r\n\r\nhi`));
      await withServer(other, async (otherPort) => {
        assert.equal(await outcome(gatehouse, `http://127.0.0.1:${otherPort}/`), "came: hi");
      });
      assert.ok(sentBytes < 64 * 1024 ** 2, `${sentBytes} bytes were taken`);
      assert.ok(grownMiB(before) < 96, `${grownMiB(before)} MiB more`);
      await reader.cancel();
      await gone.promise;
    }));
});

/** Writes pieces for as long as the other end takes them. */
function endlessly(socket: Socket, piece: string): void {
  const more = () => {
    while (!socket.destroyed && socket.write(piece));
  };
  socket.on("drain", more);
  more();
}

const chunked = `${ok}Transfer-Encoding: chunked\r\n\r\n`;
const abuses: readonly (readonly [
  name: string,
  answer: (socket: Socket) => void,
  code: string,
])[] = [
  ["headers without end", (socket) => {
    socket.write(ok);
    endlessly(socket, `X-A: ${"b".repeat(1000)}\r\n`);
  }, "too-large"],
  ["one header without end", (socket) => {
    socket.write(`${ok}X-A: `);
    endlessly(socket, "b".repeat(4000));
  }, "too-large"],
  [
    "a status line without end",
    (socket) => endlessly(socket, `${ok.trim()}${"x".repeat(4000)}`),
    "too-slow",
  ],
  ["a million small headers", (socket) => {
    socket.write(ok);
    endlessly(socket, "a:b\r\n".repeat(1000));
  }, "too-large"],
  ["trailers without end", (socket) => {
    socket.write(`${chunked}0\r\n`);
    endlessly(socket, `X-A: ${"b".repeat(1000)}\r\n`);
  }, "too-large"],
  [
    "interim answers without end",
    (socket) => endlessly(socket, "HTTP/1.1 103 Early Hints\r\n\r\n"),
    "bad-response",
  ],
  [
    "a body that is cut off",
    (socket) => void socket.end(`${ok}Content-Length: 9\r\n\r\nhalf`),
    "connection-reset",
  ],
  [
    "chunks that are cut off",
    (socket) => void socket.end(`${chunked}9\r\nhalf`),
    "connection-reset",
  ],
  [
    "a chunk of a size that no number holds",
    (socket) => void socket.end(`${chunked}fffffffffffffffff\r\nhalf`),
    "bad-response",
  ],
  [
    "a negative length",
    (socket) => void socket.end(`${ok}Content-Length: -1\r\n\r\n`),
    "bad-response",
  ],
  [
    "two lengths",
    (socket) => void socket.end(`${ok}Content-Length: 1\r\nContent-Length: 2\r\n\r\nab`),
    "bad-response",
  ],
  ["another protocol", (socket) => void socket.end("220 mail.example ESMTP\r\n"), "bad-response"],
  ["nothing", (socket) => void socket.destroy(), "connection-reset"],
];

Deno.test("answers that are no answers: each has its error, and the next fetch works", async (t) => {
  const http = new PooledHttpClient({ clock: systemClock, dialer, headTimeoutMs: 1000 });
  await withBroker(async ({ gatehouse }) => {
    const before = Deno.memoryUsage().rss;
    for (const [name, answer, code] of abuses) {
      await t.step(`${name}: ${code}`, () =>
        withServer(rawServer(answer), async (port) => {
          assert.equal(await outcome(gatehouse, `http://127.0.0.1:${port}/`), code);
        }));
    }
    assert.ok(grownMiB(before) < 128, `${grownMiB(before)} MiB more`);
    await withServer(
      rawServer((socket) => void socket.end(`${ok}Content-Length: 2\r\n\r\nhi`)),
      async (port) => {
        assert.equal(await outcome(gatehouse, `http://127.0.0.1:${port}/`), "came: hi");
      },
    );
  }, { http });
});

const drips = [
  ["a body of a byte a second", `${ok}Content-Length: 100000\r\n\r\n`, "a"],
  ["a chunk's extension that never ends", `${chunked}1\r\na\r\n1;a=`, "b".repeat(100_000)],
] as const;

for (const [name, head, byte] of drips) {
  Deno.test(`${name} is given up after half a minute of the broker's clock`, async () => {
    const clock = new FakeClock();
    const http = new PooledHttpClient({ clock, dialer });
    let drip: Socket | null = null;
    const server = rawServer((socket) => {
      drip = socket;
      socket.write(`${head}a`);
    });
    await withServer(server, (port) =>
      withBroker(async ({ gatehouse }) => {
        const { body } = await gatehouse.fetch(`http://127.0.0.1:${port}/`);
        const reader = body!.getReader();
        await reader.read();
        const ended = (async () => {
          while (!(await reader.read()).done);
        })().then(() => "whole", (fault) => fault.cause.code);
        for (let second = 0; second <= defaultBodyLimits.slowWindowMs / 1000; second++) {
          drip!.write(byte);
          await clock.advance(1000);
        }
        assert.equal(await ended, "too-slow");
      }, { http }));
  });
}

Deno.test("a head that trickles is given up, however many bytes come", async () => {
  const http = new PooledHttpClient({ clock: systemClock, dialer, headTimeoutMs: 600 });
  const drips: ReturnType<typeof setInterval>[] = [];
  const server = rawServer((socket) => {
    socket.write(`${ok}X-A: `);
    drips.push(setInterval(() => socket.destroyed || socket.write("a"), 20));
  });
  await withServer(server, (port) =>
    withBroker(async ({ gatehouse }) => {
      assert.equal(await outcome(gatehouse, `http://127.0.0.1:${port}/`), "too-slow");
    }, { http }));
  for (const drip of drips) clearInterval(drip);
});

Deno.test("redirects: in a ring, to everywhere a fetch must not go, to names that lie", async (t) => {
  const server = createWebServer((incoming, outgoing) => {
    const to = new URL(incoming.url ?? "", "http://x").searchParams.get("to");
    outgoing.writeHead(302, { location: to ?? incoming.url }).end();
  });
  await withServer(server, (port) =>
    withBroker(async ({ gatehouse, resolver, broker }) => {
      resolver.addresses.set("rebound.example", ["127.0.0.1"]);
      resolver.addresses.set("mixed.example", ["93.184.216.34", "10.0.0.1"]);
      resolver.addresses.set("mapped.example", ["::ffff:7f00:1"]);
      resolver.addresses.set("meta.gatehouse.test", ["169.254.169.254"]);
      const rows: readonly (readonly [to: string | null, code: string])[] = [
        [null, "redirect-refused"],
        ["http://rebound.example/", "denied"],
        ["http://mixed.example/", "denied"],
        ["http://mapped.example/", "denied"],
        ["http://meta.gatehouse.test/", "denied"],
        ["http://169.254.169.254/latest/meta-data/", "denied"],
        ["http://0.0.0.0/", "denied"],
        ["http://224.0.0.1/", "denied"],
        [`http://127.0.0.1:${broker.port}/admin/v1/grants`, "denied"],
        [`http://localhost:${broker.port}/`, "denied"],
        ["file:///etc/passwd", "redirect-refused"],
        ["data:text/plain,hello", "redirect-refused"],
        ["blob:http://127.0.0.1/1", "redirect-refused"],
        ["ftp://web.gatehouse.test/", "redirect-refused"],
        ["javascript:alert(1)", "redirect-refused"],
        ["http://user:pw@web.gatehouse.test/", "redirect-refused"],
        ["http://web.gatehouse.test:25/", "redirect-refused"],
      ];
      for (const [to, code] of rows) {
        await t.step(`${to ?? "a ring"}: ${code}`, async () => {
          const query = to === null ? "" : `?to=${encodeURIComponent(to)}`;
          const url = `http://127.0.0.1:${port}/${query}`;
          assert.equal(await outcome(gatehouse, url), code);
        });
      }
      for (const url of ["file:///etc/passwd", "data:,a", "http://a:b@web.gatehouse.test/"]) {
        await t.step(`asked for itself: ${url}`, async () => {
          const refused = await gatehouse.fetch(url).then(() => "", (fault) => fault);
          assert.ok(refused instanceof TypeError, url);
        });
      }
    }));
});

// How TLS can be wrong: the certificate, and the code that an app is told.
const certificates = [
  ["loopback", "came: hi"],
  ["expired", "certificate-expired"],
  ["future", "certificate-expired"],
  ["server", "certificate-name-mismatch"],
  ["gatehouse_test", "certificate-name-mismatch"],
  ["self_signed", "certificate-untrusted"],
  ["stranger", "certificate-untrusted"],
  ["below_leaf", "certificate-untrusted"],
  ["client_only", "certificate-untrusted"],
  ["forged", "certificate-untrusted"],
] as const;

Deno.test("TLS that does not hold: each kind has its error, and nothing of the request is sent", async (t) => {
  await withBroker(async ({ gatehouse }) => {
    for (const [name, expected] of certificates) {
      await t.step(`${name}: ${expected}`, async () => {
        let requests = 0;
        const server = tls.createServer(
          { key: readFixture("server.key.pem"), cert: readFixture(`${name}.pem`) },
          (socket) =>
            socket.on("error", () => {}).once("data", () => {
              requests++;
              socket.end(`${ok}Content-Length: 2\r\n\r\nhi`);
            }),
        );
        server.on("tlsClientError", () => {});
        await withServer(server, async (port) => {
          assert.equal(await outcome(gatehouse, `https://127.0.0.1:${port}/`), expected);
        });
        assert.equal(requests, expected.startsWith("came") ? 1 : 0);
      });
    }
    await t.step(
      "a server that speaks no TLS",
      () =>
        withServer(rawServer((socket) => void socket.end(`${ok}\r\n`)), async (port) => {
          assert.equal(await outcome(gatehouse, `https://127.0.0.1:${port}/`), "tls-failed");
        }),
    );
    await t.step(
      "a server that hangs up in the handshake",
      () =>
        withServer(rawServer((socket) => void socket.destroy()), async (port) => {
          const code = await outcome(gatehouse, `https://127.0.0.1:${port}/`);
          assert.match(code, /^(tls-failed|connection-reset)$/);
        }),
    );
  });
});
