/** The server in front, by raw bytes: what it lets through, and how soon it lets go of the rest. @module */
import assert from "node:assert/strict";
import { type Front, type FrontOptions, startFront } from "../../../broker/http/front_server.ts";
import { systemClock } from "../../../broker/stores/system_clock.ts";
import { FakeLog } from "../../fakes/fake_broker.ts";
import { exchange, RawConnection } from "../../fakes/raw_http.ts";

interface TestFront extends Front {
  readonly log: FakeLog;
  /** `METHOD URL` of what came through to the handler. */
  readonly seen: string[];
}

async function withFront(
  run: (front: TestFront) => Promise<void>,
  options: Partial<FrontOptions> = {},
): Promise<void> {
  const log = new FakeLog();
  const seen: string[] = [];
  const front = await startFront({
    port: 0,
    handler: async (request) => {
      seen.push(`${request.method} ${request.url}`);
      return new Response(`${(await request.text()).length}`);
    },
    upgrade: (_incoming, socket) => socket.end("HTTP/1.1 418 Taken\r\nContent-Length: 0\r\n\r\n"),
    clock: systemClock,
    log,
    ...options,
  });
  try {
    await run({ ...front, log, seen });
    assert.deepEqual(log.errors, []);
  } finally {
    await front.stop(0);
  }
}

function head(port: number, more = "", first = "GET / HTTP/1.1"): string {
  return `${first}\r\nHost: localhost:${port}\r\nConnection: close\r\n${more}\r\n`;
}

Deno.test("it listens on loopback alone, v4 and v6, on one port", async () => {
  await withFront(async ({ port, addresses }) => {
    assert.deepEqual(addresses.filter((address) => !["127.0.0.1", "::1"].includes(address)), []);
    assert.ok(addresses.includes("127.0.0.1"));
    const outward = Deno.networkInterfaces().find(({ address, family }) =>
      family === "IPv4" && !address.startsWith("127.")
    );
    if (outward) {
      await assert.rejects(
        Deno.connect({ hostname: outward.address, port }),
        Deno.errors.ConnectionRefused,
      );
    }
    for (const hostname of addresses) {
      const connection = await RawConnection.open(port, hostname);
      await connection.write(head(port));
      assert.match(await connection.rest(), /^HTTP\/1\.1 200/);
      connection.close();
    }
  });
});

Deno.test("a port that is taken is said to be", async () => {
  await withFront(async ({ port }) => {
    await assert.rejects(withFront(() => Promise.resolve(), { port }), { code: "EADDRINUSE" });
  });
});

Deno.test("only a request with the one right Host reaches the handler", async () => {
  await withFront(async ({ port, seen }) => {
    const refused: [string, RegExp][] = [
      [`GET / HTTP/1.1\r\n\r\n`, /^HTTP\/1\.1 421/],
      [`GET / HTTP/1.0\r\n\r\n`, /^HTTP\/1\.1 421/],
      [`GET /\r\n\r\n`, /^HTTP\/1\.1 421/],
      [
        `GET / HTTP/1.1\r\nHost: evil.test:${port}\r\n\r\n`,
        /421[\s\S]*urn:gatehouse:problem:host-not-allowed/,
      ],
      [
        `GET / HTTP/1.1\r\nHost: localhost:${port}\r\nHost: localhost:${port}\r\n\r\n`,
        /^HTTP\/1\.1 421/,
      ],
      [
        `GET http://localhost:${port}/ HTTP/1.1\r\nHost: localhost:${port}\r\n\r\n`,
        /^HTTP\/1\.1 421/,
      ],
      [`GET http://evil.test/ HTTP/1.1\r\nHost: localhost:${port}\r\n\r\n`, /^HTTP\/1\.1 421/],
      [`OPTIONS * HTTP/1.1\r\nHost: localhost:${port}\r\n\r\n`, /^HTTP\/1\.1 421/],
      [`TRACE / HTTP/1.1\r\nHost: localhost:${port}\r\n\r\n`, /^HTTP\/1\.1 405/],
      [
        `GET / HTTP/1.1\r\nHost: localhost:${port}\r\nX-Forwarded-For: 1.1.1.1\r\n\r\n`,
        /^HTTP\/1\.1 400/,
      ],
      [`CONNECT evil.test:443 HTTP/1.1\r\nHost: localhost:${port}\r\n\r\n`, /^$/],
      [`FOO / HTTP/1.1\r\nHost: localhost:${port}\r\n\r\n`, /^HTTP\/1\.1 400/],
      [`PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n`, /^HTTP\/1\.1 400/],
      ["\x16\x03\x01\x02\x00\x01\x00", /^HTTP\/1\.1 400/],
      [
        `POST / HTTP/1.1\r\nHost: localhost:${port}\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
        /^HTTP\/1\.1 400/,
      ],
      [
        `POST / HTTP/1.1\r\nHost: localhost:${port}\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab`,
        /^HTTP\/1\.1 400/,
      ],
      [
        `POST / HTTP/1.1\r\nHost: evil.test\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n`,
        /^HTTP\/1\.1 421/,
      ],
      [
        `GET / HTTP/1.1\r\nHost: localhost:${port}\r\nUpgrade: h2c\r\nConnection: upgrade\r\n\r\n`,
        /^HTTP\/1\.1 400/,
      ],
      [
        `GET / HTTP/1.1\r\nHost: evil.test\r\nUpgrade: websocket\r\nConnection: upgrade\r\n\r\n`,
        /^HTTP\/1\.1 421/,
      ],
    ];
    for (const [sent, expected] of refused) {
      assert.match(await exchange(port, sent), expected, JSON.stringify(sent));
    }
    assert.deepEqual(seen, []);
    assert.match(await exchange(port, head(port, "", "GET /a?b HTTP/1.1")), /^HTTP\/1\.1 200/);
    assert.deepEqual(seen, [`GET http://localhost:${port}/a?b`]);
  });
});

Deno.test("a vetted WebSocket upgrade goes to its handler", async () => {
  await withFront(async ({ port }) => {
    const upgrade =
      `GET / HTTP/1.1\r\nHost: localhost:${port}\r\nUpgrade: WebSocket\r\nConnection: Upgrade\r\n\r\n`;
    assert.match(await exchange(port, upgrade), /^HTTP\/1\.1 418/);
  });
});

Deno.test("heads are bounded in size", async () => {
  await withFront(async ({ port, seen }) => {
    const long = `X-Long: ${"x".repeat(17 * 1024)}\r\n`;
    assert.match(await exchange(port, head(port, long)), /^HTTP\/1\.1 431/);
    assert.match(
      await exchange(port, head(port, "", `GET /${"x".repeat(17 * 1024)} HTTP/1.1`)),
      /^HTTP\/1\.1 431/,
    );
    assert.deepEqual(seen, []);
  });
});

Deno.test("a body is read through to the handler, and one that never ends is cut", async () => {
  await withFront(async ({ port }) => {
    const post = head(port, "Content-Length: 5\r\n", "POST / HTTP/1.1");
    assert.match(await exchange(port, `${post}hello`), /^HTTP\/1\.1 200[\s\S]*5/);
    const chunked = head(port, "Transfer-Encoding: chunked\r\n", "POST / HTTP/1.1");
    assert.match(await exchange(port, `${chunked}5\r\nhello\r\n0\r\n\r\n`), /^HTTP\/1\.1 200/);
    const expecting = head(
      port,
      "Content-Length: 5\r\nExpect: 100-continue\r\n",
      "POST / HTTP/1.1",
    );
    assert.match(
      await exchange(port, `${expecting}hello`),
      /^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 200/,
    );
  });
  const read: number[] = [];
  await withFront(async ({ port, log }) => {
    const connection = await RawConnection.open(port);
    await connection.write(head(port, "Transfer-Encoding: chunked\r\n", "POST / HTTP/1.1"));
    const chunk = `10000\r\n${"x".repeat(0x10000)}\r\n`;
    let sent = 0;
    try {
      while (sent < 1000) {
        await connection.write(chunk);
        sent++;
      }
    } catch (fault) {
      assert.ok(fault instanceof Error);
    }
    assert.ok(sent < 1000, "64 MiB went through");
    connection.close();
    assert.ok(read.reduce((sum, bytes) => sum + bytes, 0) <= 1024 * 1024 + 65536);
    log.errors.length = 0;
  }, {
    handler: async (request) => {
      for await (const chunk of request.body ?? []) read.push(chunk.byteLength);
      return new Response("read");
    },
  });
});

Deno.test("a body that the handler leaves unread does not keep the connection", async () => {
  await withFront(async ({ port }) => {
    const connection = await RawConnection.open(port);
    await connection.write(
      `POST / HTTP/1.1\r\nHost: localhost:${port}\r\nContent-Length: 100000\r\n\r\nx`,
    );
    assert.match(await connection.rest(), /^HTTP\/1\.1 413/);
    connection.close();
  }, { handler: () => Promise.resolve(new Response(null, { status: 413 })) });
});

Deno.test("silent, slow and stalled connections are closed in time", async () => {
  const limits = {
    headersTimeoutMs: 50,
    requestTimeoutMs: 100,
    keepAliveTimeoutMs: 50,
    checkIntervalMs: 10,
  };
  await withFront(async ({ port }) => {
    const starts = [
      "",
      "G",
      `GET / HTTP/1.1\r\nHost: localhost:${port}\r\n`,
      `POST / HTTP/1.1\r\nHost: localhost:${port}\r\nContent-Length: 10\r\n\r\nabc`,
      `POST / HTTP/1.1\r\nHost: localhost:${port}\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab`,
    ];
    const answers = await Promise.all(starts.map((start) => exchange(port, start)));
    for (const answer of answers) assert.match(answer, /^(HTTP\/1\.1 408 [\s\S]*)?$/);
    const idle = await RawConnection.open(port);
    await idle.write(`GET / HTTP/1.1\r\nHost: localhost:${port}\r\n\r\n`);
    assert.match(await idle.rest(), /^HTTP\/1\.1 200/);
    idle.close();
  }, { limits });
});

Deno.test("connections beyond the cap are dropped, and the rest are served", async () => {
  await withFront(async ({ port }) => {
    const held = await Promise.all(Array.from({ length: 4 }, () => RawConnection.open(port)));
    for (const connection of held) {
      await connection.write(`GET / HTTP/1.1\r\nHost: localhost:${port}\r\n\r\n`);
      await connection.until(/^HTTP\/1\.1 200/);
    }
    assert.equal(await exchange(port, head(port)), "");
    held.pop()?.close();
    await held[0]!.write(head(port));
    assert.match(await held[0]!.rest(), /200[\s\S]*200/);
    for (const connection of held) connection.close();
  }, { limits: { maxConnections: 4 } });
});

Deno.test("a client that goes away aborts its request, and its stream is cancelled", async () => {
  const aborted = Promise.withResolvers<void>();
  const cancelled = Promise.withResolvers<void>();
  await withFront(async ({ port }) => {
    const connection = await RawConnection.open(port);
    await connection.write(head(port));
    await connection.until(/first/);
    connection.close();
    await Promise.all([aborted.promise, cancelled.promise]);
  }, {
    handler: (request) => {
      request.signal.addEventListener("abort", () => aborted.resolve());
      return Promise.resolve(
        new Response(
          new ReadableStream({
            start: (controller) => controller.enqueue(new TextEncoder().encode("first")),
            cancel: () => cancelled.resolve(),
          }),
        ),
      );
    },
  });
});

Deno.test("a reader that does not read holds its stream back", async () => {
  const chunk = new Uint8Array(64 * 1024);
  let produced = 0;
  let pulled = Promise.withResolvers<void>();
  await withFront(async ({ port }) => {
    const connection = await RawConnection.open(port);
    await connection.write(head(port));
    // It goes on until the buffers on the way are full, and then no further.
    for (let before = -1; before !== produced;) {
      before = produced;
      pulled = Promise.withResolvers();
      const quiet = new Promise<void>((resolve) => systemClock.setTimer(200, resolve));
      await Promise.race([quiet, pulled.promise.then(() => quiet)]);
    }
    assert.ok(produced > 0 && produced < 64 * 1024 * 1024, `${produced} bytes were produced`);
    connection.close();
  }, {
    handler: () =>
      Promise.resolve(
        new Response(
          new ReadableStream({
            pull: (controller) => {
              produced += chunk.byteLength;
              pulled.resolve();
              controller.enqueue(chunk);
            },
          }),
        ),
      ),
  });
});

Deno.test("a handler that throws is a 500, and nothing of the fault is told", async () => {
  await withFront(async ({ port, log }) => {
    const answer = await exchange(port, head(port));
    assert.match(answer, /^HTTP\/1\.1 500/);
    assert.equal(answer.includes("secret"), false);
    assert.deepEqual(log.errors.splice(0).map(({ event }) => event), ["request-failed"]);
  }, { handler: () => Promise.reject(new Error("a secret fault")) });
});

Deno.test("stopping lets a call end, then frees the port; what does not end is cut", async () => {
  const answer = Promise.withResolvers<Response>();
  const called = Promise.withResolvers<void>();
  const front = await startFront({
    port: 0,
    handler: (request) => {
      if (new URL(request.url).pathname === "/never") return new Promise(() => {});
      called.resolve();
      return answer.promise;
    },
    upgrade: (_incoming, socket) => socket.destroy(),
    clock: systemClock,
    log: new FakeLog(),
  });
  const { port } = front;
  const [ending, never] = [await RawConnection.open(port), await RawConnection.open(port)];
  await ending.write(head(port));
  await never.write(head(port, "", "GET /never HTTP/1.1"));
  await called.promise;
  const stopped = front.stop(100);
  answer.resolve(new Response("done"));
  assert.match(await ending.rest(), /done/);
  assert.equal(await never.rest(), "");
  await stopped;
  await assert.rejects(
    Deno.connect({ hostname: "127.0.0.1", port }),
    Deno.errors.ConnectionRefused,
  );
  ending.close();
  never.close();
});

Deno.test("a refused upgrade gives its connection back, though its client holds on to it", async () => {
  const maxConnections = 4;
  await withFront(async ({ port }) => {
    const upgrade = `Connection: Upgrade\r\nUpgrade: websocket\r\n`;
    const asking = `GET / HTTP/1.1\r\nHost: evil.test:${port}\r\n${upgrade}\r\n`;
    const held: RawConnection[] = [];
    try {
      for (let n = 0; n < 4 * maxConnections; n++) {
        const connection = await RawConnection.open(port);
        held.push(connection);
        await connection.write(asking).catch(() => {});
        // One that comes before the last one is quite gone may be turned away.
        const answer = await connection.rest();
        if (answer !== "") assert.match(answer, /^HTTP\/1\.1 421/);
      }
      const answers = await Promise.all(
        Array.from({ length: maxConnections }, () => exchange(port, head(port))),
      );
      assert.ok(answers.some((answer) => answer.startsWith("HTTP/1.1 200")), "others get in");
    } finally {
      for (const connection of held) connection.close();
    }
  }, { limits: { maxConnections } });
});
