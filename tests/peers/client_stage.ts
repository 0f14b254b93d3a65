/** A broker, a browser, and an app that is installed, whose clients were written for Node and bundled unchanged. @module */
import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import type { Page } from "playwright-core";
import { requestView } from "../../broker/actions/request_view.ts";
import type { AccessRequest } from "../../broker/schema/request.ts";
import type { GatehouseParts } from "../../main.ts";
import { launchBrowser } from "../browser.ts";
import { startStaticSite } from "../fakes/static_site.ts";
import { startTestBroker, type TestBroker } from "../fakes/test_broker.ts";

const source = new URL("./clients/", import.meta.url);
const certificates = fileURLToPath(new URL("../fixtures/tls/", import.meta.url));
const patienceMs = 15_000;

/** The npm packages that are bundled, pinned. They are none of this house's: they live in a directory of their own. */
const packages = {
  "esbuild": "0.28.2",
  "node-stdlib-browser": "1.3.1",
  "timing-safe-equal": "1.0.0",
  "crypto-browserify": "3.12.1",
  "browserify-zlib": "0.2.0",
  "buffer": "6.0.3",
  "process": "0.11.10",
  "pino": "9.14.0",
  "aedes": "1.2.0",
  "imapflow": "1.0.188",
  "irc-framework": "4.14.0",
  "libcurl.js": "0.7.4",
  "modbus-serial": "8.0.25",
  "mqtt": "5.16.0",
  "nodemailer": "10.6.0",
  "smtp-server": "3.21.6",
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
  /** Further targets that it asks for, after the first. */
  readonly alsoAsks?: readonly string[];
}

/** A server of npm's that runs, as a process of its own. */
export interface NpmServer {
  readonly port: number;
  stop(): Promise<void>;
}

/** The stage: clients play on it, one page each. */
export interface ClientStage extends AsyncDisposable {
  readonly gatehouse: TestBroker;
  /** Asks, is allowed, works, and is cut by a revoke. */
  play(journey: ClientJourney): Promise<void>;
  /** Starts a server of npm's on loopback: one that `clients/npm_server.js` has. */
  startNpmServer(name: string): Promise<NpmServer>;
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
      const asked = allowQuestions(gatehouse);
      try {
        await page.evaluate(
          ([name, given]) => void (globalThis as unknown as PageGlobals).use(name, given),
          [client, given] as const,
        );
        const done = await global(page, "done");
        assert.deepEqual(done, { result }, client);
        assert.deepEqual(asked.targets, [`127.0.0.1:${given.port}`, ...alsoAsks]);
        assert.ok(gatehouse.broker.sessions.size > 0, `${client} holds no connection`);
        for (const id of await Promise.all(asked.answers)) {
          await gatehouse.admin("DELETE", `/grants/${id}`);
        }
        assert.equal(await global(page, "ended"), cut, client);
        assert.equal(gatehouse.broker.sessions.size, 0);
      } finally {
        asked.stop();
        await page.close(); // Whatever went wrong, the server's connection ends with the page.
      }
    },
    startNpmServer: (name) => startNpmServer(directory, name),
    [Symbol.asyncDispose]: () => rest.disposeAsync(),
  };
}

async function startNpmServer(directory: string, name: string): Promise<NpmServer> {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "-q", "--no-lock", "npm_server.js", name, certificates],
    cwd: directory,
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const errors = new Response(child.stderr).text();
  const lines = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  const { value } = await lines.read();
  if (value === undefined) throw new Error(await errors);
  return {
    port: Number(value),
    async stop() {
      child.kill("SIGTERM");
      await lines.cancel();
      await Promise.all([child.status, errors]);
    },
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

/** What was asked, and how it was answered. */
export interface AnsweredQuestions {
  readonly targets: readonly string[];
  /** The grants. */
  readonly answers: readonly Promise<string>[];
  stop(): void;
}

/** Allows what is asked, as the dashboard does, from now on until it is stopped. */
export function allowQuestions(gatehouse: TestBroker): AnsweredQuestions {
  const { broker } = gatehouse;
  const seen = new Set<string>();
  const targets: string[] = [];
  const answers: Promise<string>[] = [];
  const allow = async (request: AccessRequest): Promise<string> => {
    const answer = await gatehouse.admin("POST", `/requests/${request.id}/answer`, {
      effect: "allow",
      duration: { kind: "always" },
      reviewToken: requestView(broker, request).reviewToken,
    });
    return (await answer.json()).grant.id;
  };
  const stop = broker.store.subscribe(({ puts }) => {
    for (const put of puts) {
      if (put.noun !== "request" || put.record.outcome !== null) continue;
      if (seen.has(put.record.id)) continue;
      seen.add(put.record.id);
      targets.push(put.record.target);
      answers.push(allow(put.record));
    }
  });
  return { targets, answers, stop };
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
