/** The error and close rules of Direct Sockets in real Chromium, row by row, with its own streams and promises. @module */
import assert from "node:assert/strict";
import { type AddressInfo, createServer } from "node:net";
import { ConnectError, type Resolver } from "../../broker/actions/ports.ts";
import { requestView } from "../../broker/actions/request_view.ts";
import { launchBrowser } from "../browser.ts";
import { freePort } from "../fakes/broker_process.ts";
import { startStaticSite } from "../fakes/static_site.ts";
import { startTestBroker, type TestBroker } from "../fakes/test_broker.ts";

/** The other ends of the page's connections, by the broker's own port. */
class Peers implements Disposable {
  readonly #listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  readonly #connections = new Map<number, Deno.TcpConn>();
  readonly #waiting = new Map<number, (connection: Deno.TcpConn) => void>();

  /** @param revoke Ends the permission that the page connects by. */
  constructor(readonly revoke: () => Promise<void>) {
    this.#accept().catch(() => {}); // It ends when the listener is closed.
  }

  get port(): number {
    return this.#listener.addr.port;
  }

  /** What the page has its other end do. */
  async do(command: string, id: number, given?: string | number): Promise<unknown> {
    if (command === "revoke") return await this.revoke();
    const connection = this.#connections.get(id) ?? await this.#arrival(id);
    switch (command) {
      case "accept":
        return id;
      case "name":
        return [connection.remoteAddr.hostname, connection.remoteAddr.port];
      case "write":
        return await connection.write(new TextEncoder().encode(`${given}`));
      case "closeWrite":
        return await connection.closeWrite();
      case "close":
        return connection.close();
      case "read":
        return await readSome(connection, Number(given));
    }
    throw new Error(`There is no command ${command}`);
  }

  [Symbol.dispose](): void {
    this.#listener.close();
    for (const connection of this.#connections.values()) {
      try {
        connection.close();
      } catch {
        // A row has closed it.
      }
    }
  }

  async #accept(): Promise<void> {
    for await (const connection of this.#listener) {
      const { port } = connection.remoteAddr;
      this.#connections.set(port, connection);
      this.#waiting.get(port)?.(connection);
    }
  }

  #arrival(id: number): Promise<Deno.TcpConn> {
    return new Promise((resolve) => this.#waiting.set(id, resolve));
  }
}

/** A server that breaks every connection off once something has come. */
async function startBreaking(): Promise<{ port: number; stop(): void }> {
  const server = createServer((socket) => {
    socket.on("error", () => {}).once("data", () => socket.resetAndDestroy());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { port: (server.address() as AddressInfo).port, stop: () => void server.close() };
}

/** Reads that many bytes; fewer when the stream ends before. */
async function readSome(connection: Deno.TcpConn, count: number): Promise<string> {
  const bytes = new Uint8Array(count);
  let at = 0;
  while (at < count) {
    const read = await connection.read(bytes.subarray(at));
    if (read === null) break;
    at += read;
  }
  return new TextDecoder().decode(bytes.subarray(0, at));
}

/** Allows every question but those for a port; revoking what was allowed is another matter. */
function answerQuestions({ broker, admin }: TestBroker, deniedPort: number): () => void {
  const answered = new Set<string>();
  return broker.store.subscribe(({ puts }) => {
    for (const put of puts) {
      if (put.noun !== "request" || put.record.outcome !== null) continue;
      const { id, target } = put.record;
      if (answered.has(id)) continue;
      answered.add(id);
      admin("POST", `/requests/${id}/answer`, {
        effect: target.endsWith(`:${deniedPort}`) ? "deny" : "allow",
        duration: { kind: "always" },
        reviewToken: requestView(broker, put.record).reviewToken,
      });
    }
  });
}

/** One name leads nowhere, the other into this network. */
const resolver: Resolver = {
  resolve(name) {
    if (name === "inside.example.com") return Promise.resolve(["127.0.0.1"]);
    const message = "There is no such name.";
    return Promise.reject(new ConnectError({ code: "name-not-resolved", phase: "dns", message }));
  },
};

Deno.test("TCPSocket in Chromium, by the rules of Direct Sockets", async (t) => {
  await using stack = new AsyncDisposableStack();
  const gatehouse = await startTestBroker({ resolver });
  stack.defer(() => gatehouse.stop());
  const { broker } = gatehouse;
  const peers = stack.use(
    new Peers(async () => {
      for (const { id, effect } of broker.store.list("grant")) {
        if (effect === "allow") await gatehouse.admin("DELETE", `/grants/${id}`);
      }
    }),
  );
  const denied = freePort();
  const site = await startStaticSite(new URL("./direct_sockets_app/", import.meta.url));
  stack.defer(() => site.stop());
  const browser = await launchBrowser();
  stack.defer(() => browser.close());
  const page = await (await browser.newContext()).newPage();
  await page.exposeFunction(
    "peer",
    (command: string, id: number, given?: string | number) => peers.do(command, id, given),
  );
  stack.defer(answerQuestions(gatehouse, denied));
  const breaking = await startBreaking();
  stack.defer(() => breaking.stop());
  const at = {
    ...{ broker: gatehouse.url, open: peers.port, closed: freePort(), denied },
    breaking: breaking.port,
  };
  const registered = new Promise<string>((resolve) => {
    const stop = broker.store.subscribe(({ puts }) => {
      const put = puts.find(({ noun }) => noun === "app");
      if (put?.noun !== "app") return;
      stop();
      resolve(put.record.id);
    });
  });
  await page.goto(`${site.origin}/?${new URLSearchParams({ at: JSON.stringify(at) })}`);
  await gatehouse.admin("POST", `/apps/${await registered}/install`);
  await page.locator("#state", { hasText: "ready" }).waitFor();
  const names = await page.evaluate(() => (globalThis as unknown as { names: string[] }).names);
  assert.ok(names.length > 35, `${names.length} rows`);
  for (const name of names) {
    await t.step(name, async () => {
      const problem = await page.evaluate(
        (name) =>
          Promise.race([
            (globalThis as unknown as { run(name: string): Promise<string | null> }).run(name),
            new Promise<string>((resolve) => setTimeout(resolve, 10_000, "it never ends")),
          ]),
        name,
      );
      assert.equal(problem, null);
    });
  }
});
