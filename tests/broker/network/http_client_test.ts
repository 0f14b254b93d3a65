import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type Server as HttpServer } from "node:http";
import { createSecureServer } from "node:http2";
import { type AddressInfo, createServer as createTcpServer, type Socket } from "node:net";
import { gzipSync } from "node:zlib";
import { ConnectError, type HttpAsk } from "../../../broker/actions/ports.ts";
import { type BodyLimits, defaultBodyLimits } from "../../../broker/core/body_limits.ts";
import { PooledHttpClient } from "../../../broker/network/http_client.ts";
import { TcpDialer } from "../../../broker/network/tcp_dialer.ts";
import type { SessionError } from "../../../broker/schema/session.ts";
import { systemClock } from "../../../broker/stores/system_clock.ts";
import { FakeClock, settle } from "../../fakes/fake_clock.ts";
import { fakeId } from "../../fakes/fake_secrets.ts";

const pem = (name: string) =>
  Deno.readTextFileSync(new URL(`../../fixtures/tls/${name}.pem`, import.meta.url));
const key = pem("server.key");
const caCerts = [pem("ca")];

/** Runs a test against a client and a server, and closes both. */
async function against(
  server: ReturnType<typeof createTcpServer>,
  test: (port: number, client: PooledHttpClient) => Promise<void>,
  clock: ConstructorParameters<typeof PooledHttpClient>[0]["clock"] = systemClock,
): Promise<void> {
  const sockets = new Set<Socket>();
  server.on("connection", (socket) => {
    sockets.add(socket);
    socket.on("error", () => {});
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const dialer = new TcpDialer({ clock: systemClock, caCerts });
  const client = new PooledHttpClient({ clock, dialer });
  try {
    await test((server.address() as AddressInfo).port, client);
  } finally {
    await client.close();
    const closed = once(server, "close");
    server.close();
    for (const socket of sockets) socket.destroy();
    await closed;
  }
}

function ask(url: string, more: Partial<HttpAsk> = {}): HttpAsk {
  return {
    appId: fakeId("app", 1),
    url: new URL(url),
    addresses: ["127.0.0.1"],
    method: "GET",
    headers: [["accept-encoding", "gzip, br"]],
    body: null,
    limits: defaultBodyLimits,
    signal: new AbortController().signal,
    ...more,
  };
}

async function read(body: AsyncIterable<Uint8Array>): Promise<string> {
  let text = "";
  for await (const bytes of body) text += new TextDecoder().decode(bytes);
  return text;
}

/** Why an exchange failed, at its head or in its body. */
async function failure(client: PooledHttpClient, request: HttpAsk): Promise<SessionError> {
  try {
    await read((await client.exchange(request)).body);
  } catch (fault) {
    assert.ok(fault instanceof ConnectError, String(fault));
    return fault.error;
  }
  return assert.fail("Nothing failed.");
}

Deno.test("a name leads to the address that was decided on; head and body come as they were sent", async () => {
  const server = createServer((incoming, outgoing) => {
    let sent = "";
    incoming.on("data", (bytes) => sent += bytes);
    incoming.on("end", () => {
      outgoing.writeHead(
        201,
        "Made",
        [["X-Two", "a"], ["X-Two", "b"], ["Set-Cookie", "c=1"]].flat(),
      );
      outgoing.end(`${incoming.method} ${incoming.url} ${incoming.headers.host} ${sent}`);
    });
  });
  await against(server, async (port, client) => {
    const answer = await client.exchange(ask(`http://name.example:${port}/a?b=c`, {
      method: "PUT",
      headers: [["content-type", "text/plain"]],
      body: (async function* () {
        yield new TextEncoder().encode("some ");
        yield new TextEncoder().encode("body");
      })(),
    }));
    assert.deepEqual([answer.status, answer.statusText, answer.isDecoded], [201, "Made", false]);
    assert.deepEqual(answer.headers.filter(([name]) => /^(x-|set-)/i.test(name)), [
      ["X-Two", "a"],
      ["X-Two", "b"],
      ["Set-Cookie", "c=1"],
    ]);
    assert.deepEqual(answer.remote, { address: "127.0.0.1", port });
    assert.equal(await read(answer.body), `PUT /a?b=c name.example:${port} some body`);
  });
});

Deno.test("connections are kept for the same app and the same addresses, and for nobody else", async () => {
  const server = createServer((incoming, outgoing) =>
    outgoing.end(`${incoming.socket.remotePort}`)
  );
  await against(server, async (port, client) => {
    const from = async (more: Partial<HttpAsk> = {}) =>
      await read((await client.exchange(ask(`http://name.example:${port}/`, more))).body);
    const own = new Set<string>();
    for (let turn = 0; turn < 8; turn++) own.add(await from());
    // The connection of the last request may not be free yet, so there are two.
    assert.ok(own.size <= 2, `${own.size} connections for 8 requests`);
    assert.ok(!own.has(await from({ appId: fakeId("app", 2) })));
    assert.ok(!own.has(await from({ addresses: ["::1", "127.0.0.1"] })));
    assert.ok(own.has(await from()));
  });
});

for (const [version, allowHTTP1] of [["1.1", true], ["2.0", false]] as const) {
  Deno.test(`TLS by name, HTTP/${version}`, async () => {
    const secure = createSecureServer(
      { key, cert: pem("server"), allowHTTP1 },
      (incoming, outgoing) => {
        outgoing.end(
          `${incoming.httpVersion} ${incoming.headers.host ?? incoming.headers[":authority"]}`,
        );
      },
    );
    await against(secure as never, async (port, client) => {
      const url = `https://web.example.com:${port}/`;
      const { body } = await client.exchange(ask(url));
      // Undici offers both; a server that speaks both is spoken to in HTTP/2.
      assert.equal(await read(body), `2.0 web.example.com:${port}`);
    });
  });
}

Deno.test("a certificate that does not hold is refused, with what is wrong with it", async () => {
  const cases = [
    ["server", "other.example.com", "certificate-name-mismatch"],
    ["expired", "localhost", "certificate-expired"],
    ["self_signed", "localhost", "certificate-untrusted"],
    // What `node:tls` believes, as of Deno 2.9.6.
    ["forged", "web.example.com", "certificate-untrusted"],
  ] as const;
  for (const [name, host, code] of cases) {
    const secure = createSecureServer(
      { key, cert: pem(name), allowHTTP1: true },
      (_, out) => out.end(),
    );
    secure.on("tlsClientError", () => {});
    await against(secure as never, async (port, client) => {
      const error = await failure(client, ask(`https://${host}:${port}/`));
      assert.deepEqual([error.code, error.phase], [code, "tls"]);
      assert.ok(!/127\.0\.0\.1|::1/.test(error.message));
    });
  }
});

const chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
const malformed: readonly (readonly [name: string, answer: string, code: string])[] = [
  ["a chunked body that is cut off", `${chunked}5\r\nhello\r\n5\r\nhe`, "connection-reset"],
  ["a chunk without a size", `${chunked}zz\r\nhello\r\n`, "bad-response"],
  [
    "a body shorter than it said",
    "HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nhello",
    "connection-reset",
  ],
  [
    "two lengths",
    "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nhe",
    "bad-response",
  ],
  [
    "length and chunks",
    "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "bad-response",
  ],
  ["another protocol", "SSH-2.0-x\r\n", "bad-response"],
  ["nothing", "", "connection-reset"],
  [
    "a folded header",
    "HTTP/1.1 200 OK\r\nX-A: 1\r\n 2\r\nContent-Length: 2\r\n\r\nhi",
    "bad-response",
  ],
  [
    "an upgrade nobody asked for",
    "HTTP/1.1 101 Switching\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n",
    "connection-reset",
  ],
  [
    "an encoding nobody asked for",
    "HTTP/1.1 200 OK\r\nContent-Encoding: zstd\r\nContent-Length: 2\r\n\r\nhi",
    "bad-response",
  ],
  [
    "three encodings",
    "HTTP/1.1 200 OK\r\nContent-Encoding: gzip, gzip, gzip\r\nContent-Length: 2\r\n\r\nhi",
    "bad-response",
  ],
  [
    "what is not compressed",
    "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 2\r\n\r\nhi",
    "bad-response",
  ],
  [
    "what is cut off compressed",
    "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 3\r\n\r\n\x1f\x8b\x08",
    "bad-response",
  ],
];

for (const [name, answer, code] of malformed) {
  Deno.test(`a server that sends ${name}: ${code}`, async () => {
    const server = createTcpServer((socket) => {
      socket.once("data", () => socket.end(answer, "latin1"));
    });
    await against(server, async (port, client) => {
      const error = await failure(client, ask(`http://127.0.0.1:${port}/`));
      assert.equal(error.code, code, error.message);
      assert.ok(!/127\.0\.0\.1/.test(error.message));
    });
  });
}

Deno.test("a head without end is cut off", async () => {
  let sentBytes = 0;
  const server = createTcpServer((socket) => {
    const line = `X-A: ${"b".repeat(4000)}\r\n`;
    const more = () => {
      while (!socket.destroyed && socket.write(line)) sentBytes += line.length;
    };
    socket.once("data", () => {
      socket.write("HTTP/1.1 200 OK\r\n");
      more();
    });
    socket.on("drain", more);
  });
  await against(server, async (port, client) => {
    const error = await failure(client, ask(`http://127.0.0.1:${port}/`));
    assert.equal(error.code, "too-large");
    assert.ok(sentBytes < 64 * 1024 * 1024);
  });
});

Deno.test("a bomb is cut off after little of it was read", async () => {
  const bomb = gzipSync(new Uint8Array(64 * 1024 * 1024));
  const doubleBomb = gzipSync(gzipSync(new Uint8Array(64 * 1024 * 1024)));
  for (const [bytes, encoding] of [[bomb, "gzip"], [doubleBomb, "gzip, gzip"]] as const) {
    const server = createServer((_, outgoing) => {
      outgoing.writeHead(200, { "content-encoding": encoding });
      outgoing.end(bytes);
    });
    await against(server, async (port, client) => {
      const { body, isDecoded } = await client.exchange(ask(`http://127.0.0.1:${port}/`));
      assert.ok(isDecoded);
      let readBytes = 0;
      await assert.rejects(async () => {
        for await (const piece of body) readBytes += piece.length;
      }, (fault: ConnectError) => fault.error.code === "too-large");
      assert.ok(readBytes < 32 * 1024 * 1024, `${readBytes} bytes of ${encoding}`);
    });
  }
});

Deno.test("what was honestly compressed comes whole", async () => {
  const text = "An honest line of text.\n".repeat(1000);
  const server = createServer((_, outgoing) => {
    outgoing.writeHead(200, { "content-encoding": "gzip" });
    outgoing.end(gzipSync(text));
  });
  await against(server, async (port, client) => {
    assert.equal(await read((await client.exchange(ask(`http://127.0.0.1:${port}/`))).body), text);
  });
});

Deno.test("a body beyond the limit is cut off, and one that trickles is given up", async () => {
  const limits: BodyLimits = { ...defaultBodyLimits, maxBytes: 1000 };
  const server = createServer((_, outgoing) => outgoing.end(new Uint8Array(5000)));
  await against(server, async (port, client) => {
    assert.equal(
      (await failure(client, ask(`http://127.0.0.1:${port}/`, { limits }))).code,
      "too-large",
    );
  });
  const clock = new FakeClock();
  const trickling = createServer((_, outgoing) => {
    outgoing.writeHead(200);
    outgoing.write("a");
  });
  await against(trickling, async (port, client) => {
    const { body } = await client.exchange(ask(`http://127.0.0.1:${port}/`));
    const pieces = body[Symbol.asyncIterator]();
    assert.equal((await pieces.next()).value?.length, 1);
    const more = assert.rejects(
      pieces.next(),
      (fault: ConnectError) => fault.error.code === "too-slow",
    );
    await settle();
    await clock.advance(defaultBodyLimits.slowWindowMs);
    await more;
  }, clock);
});

Deno.test("the signal ends an exchange before its head, in its body, and while it sends", async () => {
  const arrived = Promise.withResolvers<void>();
  const server = createServer((incoming, outgoing) => {
    if (incoming.url === "/body") {
      outgoing.writeHead(200);
      outgoing.write("a");
    } else arrived.resolve();
  });
  await against(server, async (port, client) => {
    const reason = new ConnectError({ code: "permission-ended", phase: "policy", message: "No." });
    const early = new AbortController();
    const head = client.exchange(ask(`http://127.0.0.1:${port}/head`, { signal: early.signal }));
    await arrived.promise;
    early.abort(reason);
    await assert.rejects(head, reason);
    const late = new AbortController();
    const { body } = await client.exchange(
      ask(`http://127.0.0.1:${port}/body`, { signal: late.signal }),
    );
    const pieces = body[Symbol.asyncIterator]();
    await pieces.next();
    const more = assert.rejects(pieces.next(), reason);
    late.abort(reason);
    await more;
    await assert.rejects(
      client.exchange(ask(`http://127.0.0.1:${port}/`, { signal: AbortSignal.abort(reason) })),
      reason,
    );
  });
});

Deno.test("a slow reader holds the server back, and memory stays small", async () => {
  const piece = new Uint8Array(64 * 1024);
  let writtenBytes = 0;
  const server: HttpServer = createServer((_, outgoing) => {
    const more = () => {
      while (!outgoing.destroyed && writtenBytes < 512 * 1024 * 1024) {
        writtenBytes += piece.length;
        if (!outgoing.write(piece)) return outgoing.once("drain", more);
      }
    };
    more();
  });
  await against(server, async (port, client) => {
    const { body } = await client.exchange(ask(`http://127.0.0.1:${port}/`));
    const pieces = body[Symbol.asyncIterator]();
    for (let turn = 0; turn < 50; turn++) await pieces.next();
    assert.ok(writtenBytes < 64 * 1024 * 1024, `${writtenBytes} bytes were taken`);
    await pieces.return?.();
  });
});

Deno.test("nobody listens, no route, no address: each says so without an address", async () => {
  const server = createServer();
  let closedPort = 0;
  await against(server, (port) => {
    closedPort = port;
    return Promise.resolve();
  });
  const dialer = new TcpDialer({ clock: systemClock });
  const client = new PooledHttpClient({ clock: systemClock, dialer });
  const error = await failure(client, ask(`http://name.example:${closedPort}/`));
  assert.deepEqual([error.code, error.phase], ["connection-refused", "connect"]);
  assert.ok(!/127|name\.example/.test(error.message));
  await client.close();
});

Deno.test("a proxy that the environment names is not used", async () => {
  const server = createServer((_, outgoing) => outgoing.end("direct"));
  await against(server, async (port, client) => {
    // Nobody listens there: whoever went by it would fail.
    const names = ["HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"];
    for (const name of names) Deno.env.set(name, "http://127.0.0.1:9");
    try {
      await assert.rejects(fetch(`http://127.0.0.1:${port}/`), "the environment is in force");
      const { body } = await client.exchange(ask(`http://127.0.0.1:${port}/`));
      assert.equal(await read(body), "direct");
    } finally {
      for (const name of names) Deno.env.delete(name);
    }
  });
});
