/** A broker, a browser, and an app that is installed, whose clients were written for Node and bundled unchanged. @module */
import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { requestView } from "../../broker/actions/request_view.ts";
import type { AccessRequest } from "../../broker/schema/request.ts";
import type { GatehouseParts } from "../../main.ts";
import { launchBrowser } from "../browser.ts";
import { startStaticSite } from "../fakes/static_site.ts";
import { startTestBroker, type TestBroker } from "../fakes/test_broker.ts";

const source = new URL("./clients/", import.meta.url);
const patienceMs = 15_000;

/** The npm packages that are bundled, pinned. They are none of this house's: they live in a directory of their own. */
const packages = {
  "esbuild": "0.28.2",
  "node-stdlib-browser": "1.3.1",
  "timing-safe-equal": "1.0.0",
  "crypto-browserify": "3.12.1",
  "buffer": "6.0.3",
  "process": "0.11.10",
  "imapflow": "1.0.188",
  "irc-framework": "4.14.0",
  "modbus-serial": "8.0.25",
  "mqtt": "5.16.0",
  "nodemailer": "10.6.0",
  "ssh2": "1.17.0",
};

/** What a client is to do, and what must come of it. */
export interface ClientJourney {
  /** The file of `tests/peers/clients` without its ending. */
  readonly client: string;
  /** What the client is told. Its `port` is the target's. */
  readonly given: { readonly port: number } & Record<string, unknown>;
  /** What `use()` of the client must give. */
  readonly result: unknown;
  /** How the client must say that it was cut. */
  readonly cut: string;
  /** Further targets that it asks for, after the first; each is allowed too. */
  readonly alsoAsks?: readonly string[];
}

/** The stage: clients play on it, one page each. */
export interface ClientStage extends AsyncDisposable {
  readonly gatehouse: TestBroker;
  /** Asks, is allowed, works, and is cut by a revoke. */
  play(journey: ClientJourney): Promise<void>;
}

/** Sets the stage: bundles the clients, starts broker and browser, installs the app. */
export async function setClientStage(
  clients: readonly string[],
  parts: Partial<GatehouseParts> = {},
): Promise<ClientStage> {
  await using stack = new AsyncDisposableStack();
  const gatehouse = await startTestBroker(parts);
  stack.defer(() => gatehouse.stop());
  const directory = await Deno.makeTempDir({ prefix: "gatehouse-clients-" });
  stack.defer(() => Deno.remove(directory, { recursive: true }));
  await bundleClients(directory, gatehouse.url, clients);
  const site = await startStaticSite(new URL(`file://${directory}/`));
  stack.defer(() => site.stop());
  const browser = await launchBrowser();
  stack.defer(() => browser.close());
  const context = await browser.newContext();

  const openPage = async (): Promise<Page> => {
    const page = await context.newPage();
    if (Deno.env.get("DBG")) { page.on("console", (m) => console.log("console", m.text())); page.on("pageerror", (e) => console.log("pageerror", e)); }
    await page.goto(`${site.origin}/?${new URLSearchParams({ broker: gatehouse.url })}`);
    await page.locator("#state", { hasText: "ready" }).waitFor({ timeout: patienceMs });
    return page;
  };
  const first = await openPage();
  const [app] = gatehouse.broker.store.list("app");
  assert.ok(app);
  await gatehouse.admin("POST", `/apps/${app.id}/install`);
  await first.close();

  const rest = stack.move();
  return {
    gatehouse,
    async play({ client, given, result, cut, alsoAsks = [] }) {
      const page = await openPage();
      const answering = answerNext(gatehouse, [`127.0.0.1:${given.port}`, ...alsoAsks]);
      await page.evaluate(
        ([name, given]) => void (globalThis as unknown as PageGlobals).use(name, given),
        [client, given] as const,
      );
      const done = await global(page, "done");
      assert.deepEqual(done, { result }, client);
      assert.ok(gatehouse.broker.sessions.size > 0, `${client} holds no connection`);
      for (const id of await answering) await gatehouse.admin("DELETE", `/grants/${id}`);
      assert.equal(await global(page, "ended"), cut, client);
      assert.equal(gatehouse.broker.sessions.size, 0);
      await page.close();
    },
    [Symbol.asyncDispose]: () => rest.disposeAsync(),
  };
}

interface PageGlobals {
  use(name: string, given: unknown): Promise<void>;
}

/** Waits until the page has set a variable, and gives it. */
async function global(page: Page, name: "done" | "ended"): Promise<unknown> {
  const handle = await page.waitForFunction(
    (name) => (globalThis as unknown as Record<string, unknown>)[name],
    name,
    { timeout: patienceMs },
  );
  return await handle.jsonValue();
}

/** Allows the questions for these targets, in this order, as the dashboard does; gives the grants. */
async function answerNext(gatehouse: TestBroker, targets: readonly string[]): Promise<string[]> {
  const grants: string[] = [];
  for (const target of targets) {
    const request = await nextRequest(gatehouse);
    assert.equal(request.target, target);
    const { reviewToken } = requestView(gatehouse.broker, request);
    const answer = await gatehouse.admin("POST", `/requests/${request.id}/answer`, {
      effect: "allow",
      duration: { kind: "always" },
      reviewToken,
    });
    grants.push((await answer.json()).grant.id);
  }
  return grants;
}

/** The question that is open, or the next one that is put. */
function nextRequest({ broker: { store } }: TestBroker): Promise<AccessRequest> {
  return new Promise((resolve) => {
    const stop = store.subscribe(({ puts }) => {
      const put = puts.find((put) => put.noun === "request" && put.record.outcome === null);
      if (put?.noun !== "request") return;
      stop();
      resolve(put.record);
    });
  });
}

/** Puts the pages and the bundles into a directory. */
async function bundleClients(
  directory: string,
  broker: string,
  clients: readonly string[],
): Promise<void> {
  for await (const { name } of Deno.readDir(source)) {
    await Deno.copyFile(new URL(name, source), `${directory}/${name}`);
  }
  const manifest = { type: "module", dependencies: packages };
  await Deno.writeTextFile(`${directory}/package.json`, JSON.stringify(manifest));
  const run = async (...args: string[]) => {
    const { success, stderr } = await new Deno.Command(Deno.execPath(), {
      args,
      cwd: directory,
      stdout: "null",
      stderr: "piped",
    }).output();
    if (!success) throw new Error(new TextDecoder().decode(stderr));
  };
  await run("install", "-q", "--no-lock");
  await run("run", "-A", "-q", "--no-lock", "build.js", broker, ...clients.map((c) => `${c}.js`));
}
