/** Fetches of a whole broker over the SDK: bodies both ways, abort, redirects, refusals, and the end of a permission. @module */
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { addProgram } from "../../broker/actions/add_program.ts";
import type { AppId, GrantId } from "../../broker/schema/ids.ts";
import { connect } from "../../broker/sdk/connect.ts";
import type { FetchProgress } from "../../broker/sdk/fetch.ts";
import type { Gatehouse } from "../../broker/sdk/gatehouse.ts";
import { startTestBroker, type TestBroker } from "../fakes/test_broker.ts";

async function allow({ broker }: TestBroker, appId: AppId, port: number): Promise<GrantId> {
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
        capability: "host-access",
        target: `http://127.0.0.1:${port}/*`,
        spaces: ["loopback"],
        duration: { kind: "always" },
        createdAtMs: broker.clock.nowMs(),
        expiresAtMs: null,
        requestId: null,
        spentBy: null,
      },
    }],
  });
  return id;
}

interface Rig {
  broker: TestBroker;
  appId: AppId;
  gatehouse: Gatehouse;
  /** The web server's origin. */
  origin: string;
  grantId: GrantId;
}

async function withFetch(
  answer: (incoming: IncomingMessage, outgoing: ServerResponse) => void,
  run: (rig: Rig) => Promise<void>,
): Promise<void> {
  const broker = await startTestBroker();
  const server = createServer(answer);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const { app, token } = await addProgram(broker.broker, "Tool");
  const grantId = await allow(broker, app.id, port);
  const gatehouse = await connect({ broker: broker.url, token });
  try {
    await run({ broker, appId: app.id, gatehouse, origin: `http://127.0.0.1:${port}`, grantId });
    assert.deepEqual(broker.log.errors, []);
  } finally {
    gatehouse.close();
    await broker.stop();
    server.closeAllConnections();
    const closed = once(server, "close");
    server.close();
    await closed;
  }
}

function causeOf(fault: unknown): { code?: string; phase?: string } {
  assert.ok(fault instanceof TypeError, String(fault));
  return fault.cause as { code?: string };
}

Deno.test("a fetch gives a real Response: status, headers, url, JSON, a clone", async () => {
  await withFetch((incoming, outgoing) => {
    if (incoming.url === "/old") {
      outgoing.writeHead(302, { location: "/new?x=1" });
      return outgoing.end();
    }
    outgoing.writeHead(203, "Fine", { "content-type": "application/json", "set-cookie": "a=1" });
    outgoing.end(
      JSON.stringify({ accept: incoming.headers.accept, key: incoming.headers["x-key"] }),
    );
  }, async ({ gatehouse, origin }) => {
    const response = await gatehouse.fetch(`${origin}/old#here`, {
      headers: { "X-Key": "k", "Accept": "application/json" },
    });
    assert.ok(response instanceof Response);
    assert.deepEqual(
      [response.status, response.statusText, response.ok, response.url, response.redirected],
      [203, "Fine", true, `${origin}/new?x=1`, true],
    );
    assert.equal(response.headers.get("set-cookie"), null);
    const copy = response.clone();
    assert.equal(copy.url, response.url);
    assert.deepEqual(await response.json(), { accept: "application/json", key: "k" });
    assert.deepEqual(await copy.json(), { accept: "application/json", key: "k" });
    const manual = await gatehouse.fetch(`${origin}/old`, { redirect: "manual" });
    assert.deepEqual([manual.status, manual.headers.get("location")], [302, "/new?x=1"]);
    const error = await gatehouse.fetch(`${origin}/old`, { redirect: "error" }).catch(causeOf);
    assert.equal((error as { code: string }).code, "redirect-refused");
  });
});

Deno.test("bodies stream both ways, of any size, with progress, and a slow side holds the other back", async () => {
  const size = 24 * 1024 * 1024;
  await withFetch((incoming, outgoing) => {
    outgoing.writeHead(200, { "content-length": String(size), "x-method": incoming.method });
    incoming.pipe(outgoing);
  }, async ({ gatehouse, origin }) => {
    const pattern = Uint8Array.from({ length: 64 * 1024 }, (_, n) => n * 31 + (n >> 8));
    let sent = 0;
    const body = new ReadableStream<Uint8Array>({
      pull(controller) {
        if (sent === size) return controller.close();
        controller.enqueue(pattern.slice());
        sent += pattern.length;
      },
    });
    const told: FetchProgress[] = [];
    const response = await gatehouse.fetch(`${origin}/echo`, {
      method: "PUT",
      body,
      onProgress: (progress) => told.push(progress),
    });
    assert.equal(response.headers.get("x-method"), "PUT");
    let received = 0;
    for await (const bytes of response.body!) {
      for (let at = 0; at < bytes.length; at += 997) {
        assert.equal(bytes[at], pattern[(received + at) % pattern.length]);
      }
      received += bytes.length;
    }
    assert.equal(received, size);
    assert.deepEqual(told.at(-1), { sentBytes: size, receivedBytes: size, totalBytes: size });
  });
});

Deno.test("HEAD, 204 and 304 have no body; a Range is answered by a part", async () => {
  await withFetch((incoming, outgoing) => {
    if (incoming.url === "/none") return outgoing.writeHead(204).end();
    if (incoming.url === "/same") return outgoing.writeHead(304).end();
    const [, from, to] = /^bytes=(\d+)-(\d+)$/.exec(incoming.headers.range ?? "") ?? [];
    if (from === undefined || to === undefined) return outgoing.end("0123456789");
    outgoing.writeHead(206, { "content-range": `bytes ${from}-${to}/10` });
    outgoing.end("0123456789".slice(Number(from), Number(to) + 1));
  }, async ({ gatehouse, origin }) => {
    const head = await gatehouse.fetch(`${origin}/`, { method: "HEAD" });
    assert.deepEqual([head.status, head.body], [200, null]);
    for (const [path, status] of [["none", 204], ["same", 304]] as const) {
      const answer = await gatehouse.fetch(`${origin}/${path}`);
      assert.deepEqual([answer.status, answer.body], [status, null]);
    }
    const part = await gatehouse.fetch(`${origin}/`, { headers: { Range: "bytes=2-4" } });
    assert.deepEqual([part.status, part.headers.get("content-range")], [206, "bytes 2-4/10"]);
    assert.equal(await part.text(), "234");
  });
});

Deno.test("abort ends a fetch before and after its head, with the signal's reason", async () => {
  const arrived = Promise.withResolvers<void>();
  const gone = Promise.withResolvers<void>();
  await withFetch((incoming, outgoing) => {
    if (incoming.url === "/head") return arrived.resolve();
    outgoing.write("a");
    outgoing.on("close", () => gone.resolve());
  }, async ({ gatehouse, origin, broker }) => {
    const early = new AbortController();
    const head = gatehouse.fetch(`${origin}/head`, { signal: early.signal });
    await arrived.promise;
    early.abort(new Error("enough"));
    await assert.rejects(head, { message: "enough" });
    const late = new AbortController();
    const { body } = await gatehouse.fetch(`${origin}/body`, { signal: late.signal });
    const reader = body!.getReader();
    await reader.read();
    late.abort();
    await assert.rejects(reader.read(), { name: "AbortError" });
    await gone.promise;
    assert.equal(broker.broker.sessions.size, 0);
    await assert.rejects(gatehouse.fetch(`${origin}/`, { signal: AbortSignal.abort() }), {
      name: "AbortError",
    });
  });
});

Deno.test("a reader that cancels frees the server", async () => {
  const gone = Promise.withResolvers<void>();
  await withFetch((_, outgoing) => {
    outgoing.write("a");
    outgoing.on("close", () => gone.resolve());
  }, async ({ gatehouse, origin }) => {
    const { body } = await gatehouse.fetch(`${origin}/`);
    await body!.cancel();
    await gone.promise;
  });
});

Deno.test("revoking ends a body in mid-stream, with the reason; the next fetch is asked about", async () => {
  await withFetch((_, outgoing) => outgoing.write("a"), async (rig) => {
    const { gatehouse, origin, broker, grantId } = rig;
    const { body } = await gatehouse.fetch(`${origin}/`);
    const reader = body!.getReader();
    await reader.read();
    await broker.admin("DELETE", `/grants/${grantId}`);
    const fault = await reader.read().then(() => assert.fail(), causeOf);
    assert.equal(fault.code, "permission-ended");
    const waiting = Promise.withResolvers<string | null>();
    gatehouse.events.addEventListener("waiting", (event) => {
      waiting.resolve((event as CustomEvent).detail.target);
    });
    const again = gatehouse.fetch(`${origin}/`, { reason: "Again" })
      .then(() => assert.fail(), causeOf);
    assert.equal(await waiting.promise, `${origin}/*`);
    const { requests } = await (await broker.admin("GET", "/requests")).json();
    const [{ id, reviewToken }] = requests;
    await broker.admin("POST", `/requests/${id}/answer`, {
      effect: "deny",
      duration: { kind: "always" },
      reviewToken,
    });
    assert.equal((await again).code, "denied");
  });
});

Deno.test("errors tell why: no server, no permission for another port, a bad request, a lost broker", async () => {
  await withFetch((_, outgoing) => outgoing.write("a"), async ({ gatehouse, origin, broker }) => {
    const code = async (url: string, init: RequestInit = {}) =>
      (await gatehouse.fetch(url, init).then(() => assert.fail(), causeOf)).code;
    assert.equal(await code("http://user:pw@127.0.0.1/"), "invalid-request");
    assert.equal(await code(`${origin}/`, { headers: { Forwarded: "for=1" } }), "invalid-request");
    assert.equal(await code("http://169.254.169.254/"), "denied");
    await assert.rejects(gatehouse.fetch(`${origin}/`, { method: "GET", body: "x" }), TypeError);
    await assert.rejects(
      gatehouse.fetch(`${origin}/${"a".repeat(20_000)}`),
      /too long/,
    );
    const { body } = await gatehouse.fetch(`${origin}/`);
    const reader = body!.getReader();
    await reader.read();
    const lost = reader.read().then(() => assert.fail(), causeOf);
    await broker.stop();
    assert.match(String((await lost).code), /relay-lost|broker-stopping/);
  });
});
