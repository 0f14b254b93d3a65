/** Sockets of a page that is reloaded in mid-transfer, in a real browser: they go on, wait, are revoked, or are too late. @module */
import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { TcpDialer } from "../../broker/network/tcp_dialer.ts";
import { systemClock } from "../../broker/stores/system_clock.ts";
import type { Session } from "../../broker/schema/session.ts";
import { launchBrowser } from "../browser.ts";
import { testCa, TlsServer } from "../broker/network/tls_server.ts";
import { startStaticSite } from "../fakes/static_site.ts";
import { startTestBroker, type TestBroker } from "../fakes/test_broker.ts";

const patience = { timeout: 20_000 };
const reattachMs = 10_000;

const ofServer = (at: number) => (at * 7 + (at >>> 8)) & 0xff;
const ofApp = (at: number) => (at * 13 + (at >>> 7) + 1) & 0xff;

/** What the page tells of its transfer. */
interface Transfer {
  readBytes: number;
  wrong: number | null;
  readDone: boolean;
  writeDone: boolean;
  fault: { name: string; message: string; code: string | null } | null;
}

/** Serves so many bytes, and checks what comes meanwhile. */
class CheckingServer implements Disposable {
  receivedBytes = 0;
  wrong: number | null = null;
  readonly #listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  readonly #toServe: number;

  constructor(toServe: number) {
    this.#toServe = toServe;
  }

  get port(): number {
    return this.#listener.addr.port;
  }

  /** Takes one connection to its end; rejects when it breaks off. */
  async serve(): Promise<void> {
    using connection = await this.#listener.accept();
    await this.exchange(connection);
  }

  async exchange(connection: Deno.TcpConn | Deno.TlsConn): Promise<void> {
    const read = async () => {
      for (const buffer = new Uint8Array(65_536);;) {
        const count = await connection.read(buffer);
        if (count === null) return;
        for (const byte of buffer.subarray(0, count)) {
          if (byte !== ofApp(this.receivedBytes)) this.wrong ??= this.receivedBytes;
          this.receivedBytes++;
        }
      }
    };
    const write = async () => {
      for (let at = 0; at < this.#toServe;) {
        const length = Math.min(50_000, this.#toServe - at);
        const piece = Uint8Array.from({ length }, (_, index) => ofServer(at + index));
        for (let done = 0; done < length;) done += await connection.write(piece.subarray(done));
        at += length;
      }
      await connection.closeWrite();
    };
    await Promise.all([read(), write()]);
  }

  [Symbol.dispose](): void {
    this.#listener.close();
  }
}

/** A broker, its dashboard, and the app. */
interface Stage extends AsyncDisposable {
  readonly gatehouse: TestBroker;
  readonly app: Page;
  readonly appUrl: string;
  readonly dashboard: Page;
  /** The time of who waits is over. */
  expire(): void;
}

async function setTheStage(): Promise<Stage> {
  await using stack = new AsyncDisposableStack();
  const waiting = new Set<() => void>();
  const clock = {
    ...systemClock,
    nowMs: () => systemClock.nowMs(),
    setTimer(delayMs: number, callback: () => void) {
      if (delayMs !== reattachMs) return systemClock.setTimer(delayMs, callback);
      waiting.add(callback);
      return () => void waiting.delete(callback);
    },
  };
  const gatehouse = await startTestBroker({
    clock,
    dialer: new TcpDialer({ clock: systemClock, caCerts: [testCa] }),
  });
  stack.defer(() => gatehouse.stop());
  const site = await startStaticSite(new URL("./reload_app/", import.meta.url), {
    "gatehouse.js": `export * from "${gatehouse.url}/sdk.js";`,
  });
  stack.defer(() => site.stop());
  const browser = await launchBrowser();
  stack.defer(() => browser.close());
  const context = await browser.newContext();
  const dashboard = await context.newPage();
  await dashboard.goto(gatehouse.launchLink().url);
  await dashboard.getByRole("link", { name: "To the requests" }).click(patience);
  await dashboard.getByRole("link", { name: "Connections" }).click(patience);
  const app = await context.newPage();
  const appUrl = `${site.origin}/?${new URLSearchParams({ broker: gatehouse.url })}`;
  await app.goto(appUrl);
  await app.locator("#state", { hasText: "pending-installation" }).waitFor(patience);
  const [known] = gatehouse.broker.store.list("app");
  assert.ok(known);
  await gatehouse.admin("POST", `/apps/${known.id}/install`);
  await app.locator("#state", { hasText: "installed" }).waitFor(patience);
  const { broker } = gatehouse;
  const id = broker.secrets.newId("grant");
  await broker.store.commit({
    puts: [{
      noun: "grant",
      id,
      record: {
        ...{ v: 1, id, effect: "allow", appId: known.id, capability: "tcp-connect" },
        ...{ target: "127.0.0.1:*", spaces: ["loopback"], duration: { kind: "until-app-closes" } },
        ...{ createdAtMs: broker.clock.nowMs(), expiresAtMs: null, requestId: null, spentBy: null },
      },
    }],
  });
  const rest = stack.move();
  return {
    ...{ gatehouse, app, appUrl, dashboard },
    expire() {
      for (const callback of [...waiting]) callback();
      waiting.clear();
    },
    [Symbol.asyncDispose]: () => rest.disposeAsync(),
  };
}

function begin(app: Page, port: number, toWrite: number, options: object = {}): Promise<void> {
  return app.evaluate(
    // deno-lint-ignore no-explicit-any
    ([port, toWrite, options]) => (globalThis as any).app.begin(port, toWrite, options),
    [port, toWrite, options] as const,
  );
}

/** Waits until the page tells of its transfer what is wanted. */
async function transferOf(
  app: Page,
  wanted: { readBytes?: number; isOver?: true },
): Promise<Transfer> {
  const handle = await app.waitForFunction(
    ({ readBytes = 0, isOver }) => {
      const { transfer } = (globalThis as unknown as { app?: { transfer: Transfer } }).app ?? {};
      if (!transfer || transfer.readBytes < readBytes) return null;
      const over = transfer.fault !== null || (transfer.readDone && transfer.writeDone);
      return over || !isOver ? transfer : null;
    },
    wanted,
    patience,
  );
  return await handle.jsonValue() as Transfer;
}

/** The app's page is left, and its session waits for it. */
async function leavePage({ gatehouse, app, dashboard }: Stage): Promise<Session> {
  await app.goto("about:blank");
  await dashboard.getByText("Waiting for its app to come back.").waitFor(patience);
  const [live] = [...gatehouse.broker.sessions.list()];
  assert.ok(live?.session.waitingSinceMs);
  return live.session;
}

Deno.test("a page that is reloaded in mid-transfer, time and again, loses no byte either way", async () => {
  await using stage = await setTheStage();
  const { gatehouse, app } = stage;
  const [toServe, toWrite] = [24_000_000, 3_000_000];
  using server = new CheckingServer(toServe);
  const served = server.serve();
  await begin(app, server.port, toWrite);
  let readBytes = 0;
  for (let reload = 0; reload < 4; reload++) {
    ({ readBytes } = await transferOf(app, { readBytes: readBytes + 1_000_000 }));
    await app.reload();
  }
  const { wrong, fault, ...end } = await transferOf(app, { isOver: true });
  assert.deepEqual([wrong, fault, end.readBytes], [null, null, toServe]);
  await served;
  assert.deepEqual([server.wrong, server.receivedBytes], [null, toWrite]);
  const history = await gatehouse.broker.store.history({ limit: 100 });
  assert.equal(history.filter(({ kind }) => kind === "session-opened").length, 1);
});

Deno.test("an encrypted connection goes on as well, and comes back as a TLSSocket", async () => {
  await using stage = await setTheStage();
  const { app } = stage;
  const served = Promise.withResolvers<void>();
  using checking = new CheckingServer(6_000_000);
  using server = new TlsServer("loopback", async (connection) => {
    await checking.exchange(connection).then(served.resolve, served.reject);
  });
  await begin(app, server.port, 300_000, { sni: "mail.example.com" });
  await transferOf(app, { readBytes: 500_000 });
  await app.reload();
  const { wrong, fault, readBytes } = await transferOf(app, { isOver: true });
  assert.deepEqual([wrong, fault, readBytes], [null, null, 6_000_000]);
  // deno-lint-ignore no-explicit-any
  assert.ok(await app.evaluate(() => (globalThis as any).app.isTls()));
  await served.promise;
  assert.deepEqual([checking.wrong, checking.receivedBytes], [null, 300_000]);
});

Deno.test("a connection that waits is shown as waiting, and Revoke ends it: the page comes back to nothing", async () => {
  await using stage = await setTheStage();
  const { gatehouse, app, appUrl, dashboard } = stage;
  using server = new CheckingServer(50_000_000);
  const broken = assert.rejects(server.serve());
  await begin(app, server.port, 100);
  await transferOf(app, { readBytes: 1000 });
  await leavePage(stage);
  await dashboard.bringToFront();
  const row = dashboard.getByRole("row").filter({ hasText: `127.0.0.1:${server.port}` });
  await row.getByRole("button", { name: /^Revoke/ }).click(patience);
  await row.getByText(/^Closed/).waitFor(patience);
  await broken;
  assert.equal(gatehouse.broker.sessions.size, 0);
  await app.goto(appUrl);
  const { fault } = await transferOf(app, { isOver: true });
  assert.deepEqual([fault?.name, fault?.code], ["NetworkError", "not-resumable"]);
});

Deno.test("who comes back after 10 seconds is too late: the connection is closed, and the error says so", async () => {
  await using stage = await setTheStage();
  const { gatehouse, app, appUrl, dashboard } = stage;
  using server = new CheckingServer(50_000_000);
  const broken = assert.rejects(server.serve());
  await begin(app, server.port, 100);
  await transferOf(app, { readBytes: 1000 });
  await leavePage(stage);
  stage.expire();
  await broken;
  assert.equal(gatehouse.broker.sessions.size, 0);
  await dashboard.getByText(/The app did not come back within 10 seconds/).waitFor(patience);
  await app.goto(appUrl);
  const { fault } = await transferOf(app, { isOver: true });
  assert.deepEqual([fault?.name, fault?.code], ["NetworkError", "not-resumable"]);
  assert.match(fault?.message ?? "", /took too long to come back/);
});
