/** The walls before a broker, in real Chromium: a page of the internet, and what its browser does not let it reach. @module */
import assert from "node:assert/strict";
import { createHash, X509Certificate } from "node:crypto";
import type { Browser, BrowserContext, CDPSession, Page } from "playwright-core";
import { bundleSdk } from "../../broker/http/sdk_file.ts";
import { readFixture } from "../broker/network/tls_server.ts";
import { launchBrowser } from "../browser.ts";
import { freePort } from "../fakes/broker_process.ts";
import { startTestBroker } from "../fakes/test_broker.ts";

/** A name of the internet, which the browser is told to find here, and to take for public. */
const host = "app.example.com";

/** An app's own server, which serves the SDK too: what comes from the broker itself cannot say why it does not come. */
async function startSite(): Promise<{ origin: string; port: number; stop(): Promise<void> }> {
  const { code } = await bundleSdk();
  const server = Deno.serve(
    {
      hostname: "127.0.0.1",
      port: 0,
      cert: readFixture("server.pem"),
      key: readFixture("server.key.pem"),
      onListen() {},
    },
    ({ url }) =>
      new URL(url).pathname === "/sdk.js"
        ? new Response(code, { headers: { "content-type": "text/javascript" } })
        : new Response("<!doctype html><title>App</title>", {
          headers: { "content-type": "text/html" },
        }),
  );
  const { port } = server.addr;
  return { origin: `https://${host}:${port}`, port, stop: () => server.shutdown() };
}

/** SHA-256 of a certificate's public key, as Chromium's command line takes it. */
function keyHash(pem: string): string {
  const key = new X509Certificate(pem).publicKey.export({ type: "spki", format: "der" });
  return createHash("sha256").update(key).digest("base64");
}

/** What a promise of the page rejected with; null when it did not. */
interface Told {
  name: string;
  message: string;
  code: string | null;
}

/** A page of the app, and the browser's answer to whether it may reach apps on this device. */
class Visit {
  private constructor(
    readonly page: Page,
    readonly context: BrowserContext,
    readonly setPermission: (setting: "granted" | "denied") => Promise<void>,
  ) {}

  static async start(browser: Browser, origin: string): Promise<Visit> {
    const context = await browser.newContext();
    const page = await context.newPage();
    await page.goto(origin);
    const { targetInfo } = await (await context.newCDPSession(page)).send("Target.getTargetInfo");
    const { browserContextId } = targetInfo;
    const control: CDPSession = await browser.newBrowserCDPSession();
    return new Visit(page, context, async (setting) => {
      const permission = { name: "loopback-network" };
      await control.send("Browser.setPermission", {
        ...{ permission, setting, origin },
        ...(browserContextId !== undefined && { browserContextId }),
      });
    });
  }

  /** Connects, and tells what stands in the way. */
  connect(broker: string): Promise<Told | null> {
    return this.page.evaluate(async (broker) => {
      const { connect } = await import(new URL("/sdk.js", location.href).href);
      try {
        Object.assign(globalThis, { gatehouse: await connect({ broker, app: { name: "App" } }) });
        return null;
      } catch (error) {
        const { name, message, cause } = error as DOMException & { cause: { code?: string } };
        return { name, message, code: cause?.code ?? null };
      }
    }, broker);
  }

  /** Opens a socket over the connection that there is, and tells what stands in the way. */
  open(): Promise<Told | null> {
    return this.page.evaluate(async () => {
      const { TCPSocket } = await import(new URL("/sdk.js", location.href).href);
      try {
        await new TCPSocket("127.0.0.1", 1).opened;
        return null;
      } catch (error) {
        const { name, message, cause } = error as DOMException & { cause: { code?: string } };
        return { name, message, code: cause?.code ?? null };
      }
    });
  }
}

Deno.test("a page of the internet is told which wall it stands before, and what to do", async (t) => {
  await using stack = new AsyncDisposableStack();
  const site = await startSite();
  stack.defer(() => site.stop());
  const gatehouse = await startTestBroker();
  stack.defer(() => gatehouse.stop());
  const browser = await launchBrowser({
    args: [
      `--host-resolver-rules=MAP ${host} 127.0.0.1`,
      // Not Playwright's own way to ignore errors: a page with a certificate error is denied what it does not ask for.
      `--ignore-certificate-errors-spki-list=${keyHash(readFixture("server.pem"))}`,
      `--ip-address-space-overrides=127.0.0.1:${site.port}=public`,
    ],
  });
  stack.defer(() => browser.close());
  const nobody = `http://127.0.0.1:${freePort()}`;

  await t.step("the browser's permission is denied, though a broker runs", async () => {
    const visit = await Visit.start(browser, site.origin);
    await visit.setPermission("denied");
    const told = await visit.connect(gatehouse.url);
    assert.deepEqual([told?.name, told?.code], ["NetworkError", "browser-blocked"]);
    assert.match(told?.message ?? "", /browser does not let this site.*"Apps on device".*settings/);
    await visit.context.close();
  });

  await t.step("the browser's question was not answered with yes", async () => {
    const visit = await Visit.start(browser, site.origin); // Without a window, Chromium says no by itself.
    const told = await visit.connect(gatehouse.url);
    assert.deepEqual([told?.name, told?.code], ["NetworkError", "browser-blocked"]);
    await visit.context.close();
  });

  await t.step("the permission is there, and no broker runs", async () => {
    const visit = await Visit.start(browser, site.origin);
    await visit.setPermission("granted");
    const told = await visit.connect(nobody);
    assert.deepEqual([told?.name, told?.code], ["NetworkError", "broker-not-running"]);
    assert.match(told?.message ?? "", /Start it with `deno task start`/);
    await visit.context.close();
  });

  await t.step("the permission is there, and taken back before the relay is opened", async () => {
    const visit = await Visit.start(browser, site.origin);
    await visit.setPermission("granted");
    assert.equal(await visit.connect(gatehouse.url), null);
    const [app] = gatehouse.broker.store.list("app");
    await gatehouse.admin("POST", `/apps/${app?.id}/install`);
    await visit.page.evaluate(() =>
      (globalThis as unknown as { gatehouse: { installed: Promise<unknown> } }).gatehouse.installed
        .then(() => {})
    );
    await visit.setPermission("denied");
    const told = await visit.open();
    assert.deepEqual([told?.name, told?.code], ["NetworkError", "browser-blocked"]);
    await visit.context.close();
  });
});
