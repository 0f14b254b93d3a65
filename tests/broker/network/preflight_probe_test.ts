/** The preflight probe against real servers on loopback: web servers with and without CORS, and others. @module */
import assert from "node:assert/strict";
import type { CorsAsk } from "../../../broker/actions/ports.ts";
import {
  cacheMs,
  maxHeadBytes,
  PreflightProbe,
  probeTimeoutMs,
  type WebScheme,
} from "../../../broker/network/preflight_probe.ts";
import { FakeClock } from "../../fakes/fake_clock.ts";

const fixtures = new URL("../../fixtures/tls/", import.meta.url);
const read = (name: string) => Deno.readTextFile(new URL(name, fixtures));

const corsHeaders = { "access-control-allow-origin": "https://somebody.example" };

interface Served {
  readonly port: number;
  /** Method and headers of every request; the request itself is gone once it is answered. */
  readonly requests: { method: string; headers: Headers }[];
  [Symbol.asyncDispose](): Promise<void>;
}

async function web(
  handler: (request: Request) => Response,
  { hostname = "127.0.0.1", tls = false } = {},
): Promise<Served> {
  const requests: Served["requests"] = [];
  const certificate = tls
    ? { cert: await read("server.pem"), key: await read("server.key.pem") }
    : {};
  const server = Deno.serve(
    { hostname, port: 0, onListen: () => {}, ...certificate },
    (request) => {
      requests.push({ method: request.method, headers: new Headers(request.headers) });
      return handler(request);
    },
  );
  return {
    port: server.addr.port,
    requests,
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}

/** A server that writes bytes, and does not speak HTTP. */
function raw(onConnection: (conn: Deno.TcpConn) => Promise<void>) {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const conns: Deno.TcpConn[] = [];
  const accepted = Promise.withResolvers<void>();
  const serving = (async () => {
    for await (const conn of listener) {
      conns.push(conn);
      accepted.resolve();
      onConnection(conn).catch(() => {});
    }
  })().catch(() => {});
  return {
    port: listener.addr.port,
    accepted: accepted.promise,
    async [Symbol.asyncDispose]() {
      for (const conn of conns) {
        try {
          conn.close();
        } catch {
          // The test closed it.
        }
      }
      listener.close();
      await serving;
    },
  };
}

function probeOn(port: number, scheme: WebScheme = "http", caCerts?: string[]) {
  const clock = new FakeClock();
  const probe = new PreflightProbe({
    clock,
    ports: new Map([[port, scheme]]),
    ...(caCerts && { caCerts }),
  });
  const ask = (more: Partial<CorsAsk> = {}) =>
    probe.answersCors({
      name: "web.example.com",
      addresses: ["127.0.0.1"],
      port,
      origin: "https://mail.example.com",
      signal: new AbortController().signal,
      ...more,
    });
  return { clock, ask };
}

Deno.test("a server that answers the preflight is found, whomever it allows; it is asked as a browser asks", async () => {
  await using server = await web(() => new Response(null, { status: 204, headers: corsHeaders }));
  const { ask, clock } = probeOn(server.port);
  assert.equal(await ask(), true);
  const [request] = server.requests;
  assert.ok(request);
  assert.equal(request.method, "OPTIONS");
  assert.equal(request.headers.get("origin"), "https://mail.example.com");
  assert.equal(request.headers.get("access-control-request-method"), "GET");
  assert.equal(request.headers.get("host"), `web.example.com:${server.port}`);
  assert.equal(clock.waiting, 0);
});

const answers: [string, () => Response, boolean][] = [
  [
    "any origin",
    () => new Response(null, { headers: { "access-control-allow-origin": "*" } }),
    true,
  ],
  [
    "methods",
    () => new Response(null, { headers: { "Access-Control-Allow-Methods": "GET" } }),
    true,
  ],
  ["CORS on an error", () => new Response(null, { status: 405, headers: corsHeaders }), true],
  ["no CORS", () => new Response("Hello"), false],
  ["CORS in the body", () => new Response("\r\n\r\naccess-control-allow-origin: *"), false],
  [
    "a redirect to a server with CORS",
    () => new Response(null, { status: 302, headers: { location: "https://cors.example/" } }),
    false,
  ],
];
for (const [name, answer, found] of answers) {
  Deno.test(`${name}: ${found ? "answers CORS" : "does not"}`, async () => {
    await using server = await web(answer);
    assert.equal(await probeOn(server.port).ask(), found);
    assert.equal(server.requests.length, 1, "no redirect is followed");
  });
}

Deno.test("ports that are not the web's are left alone", async () => {
  await using server = await web(() => new Response(null, { headers: corsHeaders }));
  const { ask } = probeOn(server.port === 1 ? 2 : 1);
  assert.equal(await ask({ port: server.port }), false);
  assert.equal(server.requests.length, 0);
});

Deno.test("over TLS the certificate must be for the name", async () => {
  const ca = [await read("ca.pem")];
  await using server = await web(() => new Response(null, { headers: corsHeaders }), { tls: true });
  assert.equal(await probeOn(server.port, "https", ca).ask(), true);
  assert.equal(await probeOn(server.port, "https", ca).ask({ name: "other.example.com" }), false);
  assert.equal(await probeOn(server.port, "https", ca).ask({ name: null }), false);
  assert.equal(await probeOn(server.port, "https").ask(), false, "an authority nobody trusts");
  assert.equal(server.requests.length, 1);
});

Deno.test("the next address is asked when one does not answer, and no other than those given", async () => {
  await using server = await web(() => new Response(null, { headers: corsHeaders }));
  const { ask } = probeOn(server.port);
  assert.equal(await ask({ addresses: ["::1", "127.0.0.1"] }), true);
  assert.equal(await ask({ addresses: [] }), false);
  assert.equal(server.requests.length, 1);
});

Deno.test("what was answered holds for a minute", async () => {
  await using server = await web(() => new Response(null, { headers: corsHeaders }));
  const { ask, clock } = probeOn(server.port);
  await ask();
  await clock.advance(cacheMs - 1);
  assert.equal(await ask(), true);
  assert.equal(server.requests.length, 1);
  assert.equal(await ask({ name: "other.example.com" }), true);
  assert.equal(server.requests.length, 2, "another host is another question");
  await clock.advance(1);
  await ask();
  assert.equal(server.requests.length, 3);
});

Deno.test("a server that says nothing is given up after three seconds, one that never stops at a bound", async () => {
  await using silent = raw(() => Promise.resolve());
  const first = probeOn(silent.port);
  const asking = first.ask();
  await silent.accepted;
  await first.clock.advance(probeTimeoutMs);
  assert.equal(await asking, false);

  await using endless = raw(async (conn) => {
    await conn.write(new TextEncoder().encode("HTTP/1.1 200 OK\r\n"));
    const line = new TextEncoder().encode(`x: ${"y".repeat(1000)}\r\n`);
    for (let sent = 0; sent < 2 * maxHeadBytes; sent += line.length) await conn.write(line);
    await conn.write(new TextEncoder().encode("access-control-allow-origin: *\r\n\r\n"));
  });
  assert.equal(await probeOn(endless.port).ask(), false);
});

Deno.test("a server of another protocol does not answer, nor one that is not there", async () => {
  await using mail = raw(async (conn) => {
    await conn.write(new TextEncoder().encode("220 access-control-allow-origin: *\r\n\r\n"));
  });
  assert.equal(await probeOn(mail.port).ask(), false);
  const nobody = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  nobody.close();
  assert.equal(await probeOn(nobody.addr.port).ask(), false);
});

Deno.test("an app that gives up ends the asking, and leaves nothing behind that others would rely on", async () => {
  await using server = raw(() => Promise.resolve());
  const { ask, clock } = probeOn(server.port);
  const aborter = new AbortController();
  const asking = ask({ signal: aborter.signal });
  await server.accepted;
  aborter.abort();
  assert.equal(await asking, false);
  assert.equal(clock.waiting, 0);
});
