/** Reading files of web sites over real sockets: what is sent, what is bounded, and what is refused. @module */
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo } from "node:net";
import { SiteFault } from "../../../broker/actions/ports.ts";
import { WebSiteFetcher } from "../../../broker/network/site_fetcher.ts";
import { TcpDialer } from "../../../broker/network/tcp_dialer.ts";
import { systemClock } from "../../../broker/stores/system_clock.ts";
import { FakeClock, settle } from "../../fakes/fake_clock.ts";
import { readFixture, testCa, TlsServer } from "./tls_server.ts";

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

/** A site on loopback, for the time of a test. */
async function withSite(handler: Handler, use: (port: number) => Promise<void>): Promise<void> {
  const server = createServer(handler);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  try {
    await use((server.address() as { port: number }).port);
  } finally {
    await new Promise((resolve) => {
      server.close(resolve);
      server.closeAllConnections();
    });
  }
}

const dialer = new TcpDialer({ clock: systemClock });
const fetcher = new WebSiteFetcher({ clock: systemClock, dialer });
const { signal } = new AbortController();

function get(
  url: string,
  addresses = ["127.0.0.1"],
  more: { maxBytes?: number; signal?: AbortSignal } = {},
) {
  const ask = { url: new URL(url), addresses, accept: "application/json", maxBytes: 1000, signal };
  return fetcher.get({ ...ask, ...more });
}

const faultOf = (promise: Promise<unknown>): Promise<SiteFault> =>
  promise.then(() => assert.fail("It was read."), (fault) => {
    assert.ok(fault instanceof SiteFault, String(fault));
    return fault;
  });

Deno.test("a file is read by its name at the address that was decided on, and nothing tells who asks", async () => {
  let seen: IncomingMessage | null = null;
  await withSite((request, response) => {
    seen = request;
    response.setHeader("set-cookie", "a=b").end("{}");
  }, async (port) => {
    const answer = await get(`http://web.example.com:${port}/m?q`);
    assert.deepEqual(answer, { status: 200, location: null, bytes: new Uint8Array([123, 125]) });
    assert.ok(seen);
    assert.equal(seen.url, "/m?q");
    const headers: Record<string, string> = {
      host: `web.example.com:${port}`,
      accept: "application/json",
      "accept-encoding": "identity",
      "user-agent": "Gatehouse",
      connection: "close",
    };
    assert.deepEqual({ ...seen.headers }, headers);
  });
});

Deno.test("the next address is tried when one refuses", async () => {
  await withSite((_, response) => void response.end("x"), async (port) => {
    const { bytes } = await get(`http://web.example.com:${port}/`, ["127.9.9.9", "127.0.0.1"]);
    assert.equal(bytes.length, 1);
  });
});

Deno.test("a redirect is told, not followed", async () => {
  await withSite(
    (_, response) => void response.writeHead(307, { location: "/n" }).end("body"),
    async (port) => {
      assert.deepEqual(await get(`http://a.localhost:${port}/`), {
        status: 307,
        location: "/n",
        bytes: new Uint8Array(),
      });
    },
  );
});

Deno.test("a body that is too long is cut off, whether its length is told or not", async () => {
  await withSite((request, response) => {
    if (request.url === "/told") response.setHeader("content-length", 1001);
    response.on("error", () => {});
    response.write("x".repeat(1001));
    // Without an end: whoever waited for it would wait for ever.
  }, async (port) => {
    for (const path of ["/told", "/untold"]) {
      const fault = await faultOf(get(`http://a.localhost:${port}${path}`));
      assert.equal(fault.kind, "unusable");
      assert.match(fault.message, /larger than 1000 bytes/);
    }
  });
});

Deno.test("compressed unasked, headers without end, no HTTP, broken off: each is told", async () => {
  await withSite((request, response) => {
    if (request.url === "/gzip") response.writeHead(200, { "content-encoding": "gzip" }).end("x");
    else if (request.url === "/headers") response.writeHead(200, { x: "y".repeat(20_000) }).end();
    else if (request.url === "/noise") request.socket.end("220 smtp.example.com\r\n");
    else {
      response.writeHead(200, { "content-length": "10" });
      response.write("x", () => request.socket.destroy());
    }
  }, async (port) => {
    const fault = (path: string) => faultOf(get(`http://a.localhost:${port}${path}`));
    assert.match((await fault("/gzip")).message, /compressed/);
    assert.match((await fault("/noise")).message, /not HTTP/);
    assert.equal((await fault("/headers")).kind, "unusable");
    assert.match((await fault("/broken")).message, /not as long as it said|broke/);
  });
});

Deno.test("nobody listens: told without the address", async () => {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr;
  listener.close();
  const fault = await faultOf(get(`http://a.localhost:${port}/`));
  assert.equal(fault.kind, "unreachable");
  assert.doesNotMatch(fault.message, /127/);
});

Deno.test("a server that says nothing is left after ten seconds, and at once when nobody wants it any more", async () => {
  const clock = new FakeClock();
  const slow = new WebSiteFetcher({ clock, dialer });
  const asked = Promise.withResolvers<void>();
  await withSite(() => asked.resolve(), async (port) => {
    const url = new URL(`http://a.localhost:${port}/`);
    const ask = { url, addresses: ["127.0.0.1"], accept: "*/*", maxBytes: 10 };
    const late = faultOf(slow.get({ ...ask, signal }));
    await asked.promise;
    await clock.advance(10_000);
    assert.match((await late).message, /not answer in time/);
    const leaving = new AbortController();
    const left = faultOf(slow.get({ ...ask, signal: leaving.signal }));
    await settle();
    leaving.abort();
    assert.match((await left).message, /no longer wanted/);
    assert.equal(clock.waiting, 0);
  });
});

Deno.test("https is verified for the name, whatever the address", async () => {
  const trusting = new WebSiteFetcher({
    clock: systemClock,
    dialer: new TcpDialer({ clock: systemClock, caCerts: [testCa] }),
  });
  const answer = async (connection: Deno.TlsConn) => {
    await connection.read(new Uint8Array(4096));
    const body = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\nconnection: close\r\n\r\nok";
    await connection.write(new TextEncoder().encode(body));
    await connection.closeWrite();
  };
  using server = new TlsServer("server", answer);
  const ask = { addresses: ["127.0.0.1"], accept: "*/*", maxBytes: 10, signal };
  const at = (host: string) => new URL(`https://${host}:${server.port}/`);
  const { bytes } = await trusting.get({ ...ask, url: at("web.example.com") });
  assert.equal(new TextDecoder().decode(bytes), "ok");
  const other = await faultOf(trusting.get({ ...ask, url: at("other.example.com") }));
  assert.equal(other.kind, "unreachable");
  assert.match(other.message, /certificate is for another name/);
  const untrusted = await faultOf(fetcher.get({ ...ask, url: at("web.example.com") }));
  assert.match(untrusted.message, /not issued by an authority/);
  using expired = new TlsServer("expired", answer);
  const late = await faultOf(trusting.get({
    ...ask,
    url: new URL(`https://localhost:${expired.port}/`),
  }));
  assert.match(late.message, /certificate/);
});

Deno.test("a forged certificate, which Deno's node:tls believes, is refused", async () => {
  const forged = createTlsServer(
    { key: readFixture("server.key.pem"), cert: readFixture("forged.pem") },
    (_, response) => void response.end("{}"),
  );
  forged.on("tlsClientError", () => {});
  forged.listen(0, "127.0.0.1");
  await once(forged, "listening");
  const { port } = forged.address() as AddressInfo;
  const trusting = new WebSiteFetcher({
    clock: systemClock,
    dialer: new TcpDialer({ clock: systemClock, caCerts: [testCa] }),
  });
  const url = new URL(`https://web.example.com:${port}/`);
  const ask = { url, addresses: ["127.0.0.1"], accept: "*/*", maxBytes: 10, signal };
  assert.match((await faultOf(trusting.get(ask))).message, /not issued by an authority/);
  const closed = once(forged, "close");
  forged.close();
  await closed;
});
