/** Sockets of a page in a real browser: listening, workers, and what a restart of the broker does to them. @module */
import assert from "node:assert/strict";
import type { Browser, Page } from "playwright-core";
import type { GrantList, SessionList } from "../../broker/schema/admin_api.ts";
import type { DashboardSnapshot, RequestView } from "../../broker/schema/dashboard.ts";
import { launchBrowser } from "../browser.ts";
import { type BrokerProcess, freePort, startBrokerProcess } from "../fakes/broker_process.ts";
import { startStaticSite, type StaticSite } from "../fakes/static_site.ts";

const patienceMs = 15_000;

/** What the page tells of a failure. */
interface Told {
  name: string;
  message: string;
  code: string | null;
}

/** A browser, a broker process, and an app that is installed. */
class Stage {
  private constructor(
    readonly browser: Browser,
    readonly data: string,
    readonly port: number,
    public broker: BrokerProcess,
    readonly site: StaticSite,
    readonly page: Page,
  ) {}

  static async set(): Promise<Stage> {
    const data = await Deno.makeTempDir({ prefix: "gatehouse-sockets-" });
    const port = freePort();
    const [browser, broker] = await Promise.all([
      launchBrowser(),
      startBrokerProcess({ port, data }),
    ]);
    const site = await startStaticSite(new URL("./socket_app/", import.meta.url), {
      "gatehouse.js": `export * from "${broker.origin}/sdk.js";`,
    });
    const page = await (await browser.newContext()).newPage();
    const stage = new Stage(browser, data, port, broker, site, page);
    await page.goto(`${site.origin}/?${new URLSearchParams({ broker: broker.origin })}`);
    await stage.#state("pending-installation");
    const { apps } = await stage.admin<{ apps: { id: string }[] }>("GET", "/apps");
    await stage.admin("POST", `/apps/${apps[0]?.id}/install`);
    await stage.#state("installed");
    return stage;
  }

  /** Calls the dashboard's API as the command line does. */
  async admin<Answer>(method: string, path: string, body?: unknown): Promise<Answer> {
    const token = (await Deno.readTextFile(`${this.data}/admin.token`)).trim();
    const answer = await fetch(`http://127.0.0.1:${this.port}/admin/v1${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    assert.ok(answer.ok, `${method} ${path}: ${text}`);
    return JSON.parse(text);
  }

  /** Waits for a request, and allows it always. */
  async allow(): Promise<RequestView> {
    await this.page.waitForFunction(
      () => {
        const { heard } = (globalThis as unknown as { app: { heard: string[] } }).app;
        const at = heard.indexOf("waiting");
        return at >= 0 && heard.splice(at, 1).length > 0;
      },
      undefined,
      { timeout: patienceMs },
    );
    const { requests } = await this.admin<DashboardSnapshot>("GET", "/snapshot");
    const [request] = requests;
    assert.ok(request, "a request is pending");
    const { reviewToken } = request;
    const answer = { effect: "allow", duration: { kind: "always" }, reviewToken };
    await this.admin("POST", `/requests/${request.id}/answer`, answer);
    return request;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.browser.close();
    await Promise.all([this.broker.stop(), this.site.stop()]);
    await Deno.remove(this.data, { recursive: true });
  }

  async #state(wanted: string): Promise<void> {
    await this.page.waitForFunction(
      (text) => (document.getElementById("state") as HTMLOutputElement).value === text,
      wanted,
      { timeout: patienceMs },
    );
  }
}

/** Sends a text and reads as much back. */
async function exchange(conn: Deno.TcpConn, text: string): Promise<string> {
  await conn.write(new TextEncoder().encode(text));
  const bytes = new Uint8Array(text.length);
  for (let at = 0; at < bytes.length;) {
    const count = await conn.read(bytes.subarray(at));
    assert.ok(count !== null, "the connection was closed");
    at += count;
  }
  return new TextDecoder().decode(bytes);
}

/** A server on loopback that sends back what it is sent. */
function echoServer(): { port: number; stop(): Promise<void> } {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const open = new Set<Promise<void>>();
  const accepting = (async () => {
    for await (const conn of listener) {
      const copying = conn.readable.pipeTo(conn.writable).catch(() => {});
      open.add(copying);
      copying.then(() => open.delete(copying));
    }
  })();
  return {
    port: listener.addr.port,
    async stop() {
      listener.close();
      await accepting;
      await Promise.all(open);
    },
  };
}

Deno.test("a page listens, programs connect and are answered, and a revoke cuts them all", async () => {
  await using stage = await Stage.set();
  const { page } = stage;
  const listening = page.evaluateHandle(() =>
    // deno-lint-ignore no-explicit-any
    (globalThis as any).app.listen("127.0.0.1").then((server: object) => ({ server }))
  );
  const request = await stage.allow();
  assert.deepEqual([request.capability, request.target], [
    "tcp-listen",
    "127.0.0.1:32768-65535",
  ]);
  const handle = await listening;
  const localPort = await handle.evaluate(({ server }) => server.localPort as number);
  assert.ok(localPort >= 32_768);

  const peers = await Promise.all(
    [1, 2, 3].map(() => Deno.connect({ hostname: "127.0.0.1", port: localPort })),
  );
  for (const [n, peer] of peers.entries()) {
    assert.equal(await exchange(peer, `hello ${n}`), `hello ${n}`);
  }
  const { sessions } = await stage.admin<SessionList>("GET", "/sessions");
  assert.equal(sessions.length, 4);
  const accepted = sessions.filter(({ listenerId }) => listenerId !== undefined);
  assert.deepEqual(accepted.map(({ bytesSent, bytesReceived }) => [bytesSent, bytesReceived]), [
    [7, 7],
    [7, 7],
    [7, 7],
  ]);

  const { grants } = await stage.admin<GrantList>("GET", "/grants");
  await stage.admin("POST", "/grants/revoke", { ids: grants.map(({ id }) => id) });
  const told = await handle.evaluate(({ server }) =>
    Promise.all([server.closed, ...server.connections]) as Promise<Told[]>
  );
  assert.equal(told.length, 4);
  for (const { name, code } of told) {
    assert.deepEqual([name, code], ["NetworkError", "permission-ended"]);
  }
  for (const peer of peers) {
    assert.equal(await peer.read(new Uint8Array(1)).catch(() => null), null);
    peer.close();
  }
  await assert.rejects(
    Deno.connect({ hostname: "127.0.0.1", port: localPort }),
    Deno.errors.ConnectionRefused,
  );
});

Deno.test("install() and sockets work in dedicated, shared and service workers", async () => {
  await using stage = await Stage.set();
  const server = echoServer();
  try {
    const inWorker = (kind: string) =>
      stage.page.evaluate(
        // deno-lint-ignore no-explicit-any
        ([kind, port]) => (globalThis as any).app.echoInWorker(kind, port, `from a ${kind} worker`),
        [kind, server.port],
      );
    const granted = stage.page.evaluate(
      // deno-lint-ignore no-explicit-any
      (port) => (globalThis as any).app.echo(port, "from the page"),
      server.port,
    );
    await stage.allow();
    assert.equal(await granted, "from the page");
    const rows = [
      ["dedicated", "DedicatedWorkerGlobalScope"],
      ["shared", "SharedWorkerGlobalScope"],
      ["service", "ServiceWorkerGlobalScope"],
    ] as const;
    for (const [kind, scope] of rows) {
      assert.deepEqual(await inWorker(kind), { echoed: `from a ${kind} worker`, scope });
    }
  } finally {
    await server.stop();
  }
});

for (const ending of ["stop", "kill"] as const) {
  Deno.test(`after a ${ending} of the broker a page's sockets end, it connects again, and the next socket works`, async () => {
    await using stage = await Stage.set();
    const { page } = stage;
    const server = echoServer();
    try {
      const opening = page.evaluateHandle(
        (port) => {
          // deno-lint-ignore no-explicit-any
          const { app, TCPSocket } = globalThis as any;
          const socket = new TCPSocket("127.0.0.1", port);
          const closed = socket.closed.then(() => null, app.tell);
          return socket.opened.then(() => ({ closed }));
        },
        server.port,
      );
      await stage.allow();
      const open = await opening;
      await stage.broker[ending]();
      const told = await open.evaluate(({ closed }) => closed as Promise<Told>);
      assert.equal(told.name, "NetworkError");
      assert.equal(told.code, ending === "stop" ? "broker-stopping" : "relay-lost");
      stage.broker = await startBrokerProcess({ port: stage.port, data: stage.data });
      await page.waitForFunction(
        // deno-lint-ignore no-explicit-any
        () => (globalThis as any).app.heard.includes("relay-restored"),
        undefined,
        { timeout: patienceMs },
      );
      // deno-lint-ignore no-explicit-any
      const heard = await page.evaluate(() => (globalThis as any).app.heard);
      assert.deepEqual(heard, ["relay-lost", "relay-restored"]);
      const echoed = await page.evaluate(
        // deno-lint-ignore no-explicit-any
        (port) => (globalThis as any).app.echo(port, "again"),
        server.port,
      );
      assert.equal(echoed, "again");
    } finally {
      await server.stop();
    }
  });
}
