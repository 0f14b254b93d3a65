/** The real dashboard, served on loopback over a broker that keeps everything in memory and reaches nothing. @module */
import type { Browser, BrowserContext, Page } from "playwright-core";
import { Builder } from "fresh/dev";
import { askPermission } from "../../broker/actions/ask_permission.ts";
import { openTcpSession } from "../../broker/actions/open_tcp_session.ts";
import type { OpenTcpSession } from "../../broker/actions/tcp_session.ts";
import type { Broker } from "../../broker/actions/ports.ts";
import { type RunningBroker, startBroker } from "../../broker/actions/start_broker.ts";
import type { Capability } from "../../broker/schema/capability.ts";
import type { App } from "../../broker/schema/app.ts";
import type { AccessRequest } from "../../broker/schema/request.ts";
import { DashboardFeed } from "../../broker/http/dashboard_feed.ts";
import { LaunchLinks } from "../../broker/http/launch_links.ts";
import { SignIns } from "../../broker/http/sign_in.ts";
import type { State } from "../../broker/http/state.ts";
import { webApp, webHandler } from "../../broker/http/web_app.ts";
import { MemoryStore } from "../../broker/stores/memory_store.ts";
import { systemClock } from "../../broker/stores/system_clock.ts";
import { systemSecrets } from "../../broker/stores/system_secrets.ts";
import { secretKey } from "../../components/admin_client.ts";
import { type FakeBroker, fakeBroker } from "./fake_broker.ts";

const root = new URL("../../", import.meta.url).href;
const emptyFile = { code: "", contentType: "text/javascript", etag: '""' };

/** A broker that runs by this machine's clock, so that a browser's own clock agrees with it. */
export type LiveBroker = Omit<FakeBroker, "clock" | "secrets"> & Pick<Broker, "clock" | "secrets">;

/** Built once for all tests of a process: the bundles are the same for every broker. */
let built: ReturnType<Builder<State>["build"]> | undefined;

/** What a test asks for in an app's name. */
export interface TestAsk {
  readonly capability?: Capability;
  readonly reason?: string | null;
  readonly userActivation?: boolean;
  readonly secureTransport?: boolean;
  readonly unaddressed?: boolean;
}

/** The dashboard and the broker behind it. */
export class DashboardServer {
  readonly #server: Deno.HttpServer<Deno.NetAddr>;
  readonly #running: RunningBroker;
  readonly #feed: DashboardFeed;
  readonly #stopping: AbortController;

  private constructor(
    readonly broker: LiveBroker,
    readonly signIns: SignIns,
    /** The dashboard's origin. */
    readonly origin: string,
    parts: {
      server: Deno.HttpServer<Deno.NetAddr>;
      running: RunningBroker;
      feed: DashboardFeed;
      stopping: AbortController;
    },
  ) {
    this.#server = parts.server;
    this.#running = parts.running;
    this.#feed = parts.feed;
    this.#stopping = parts.stopping;
  }

  /** Starts a dashboard with nothing in it. */
  static async start(): Promise<DashboardServer> {
    const fakes = fakeBroker();
    const broker: LiveBroker = {
      ...fakes,
      clock: systemClock,
      secrets: systemSecrets,
      store: new MemoryStore({ clock: systemClock }),
    };
    broker.resolver.addresses.set("imap.example.com", ["93.184.215.14"]);
    let handler: (request: Request) => Promise<Response> = () =>
      Promise.reject(new Error("not ready"));
    const listening = Promise.withResolvers<Deno.NetAddr>();
    const server = Deno.serve({
      hostname: "127.0.0.1",
      port: 0,
      onListen: listening.resolve,
    }, (request) => handler(request));
    const host = `gatehouse.localhost:${(await listening.promise).port}`;
    const origin = `http://${host}`;
    const stopping = new AbortController();
    const feed = new DashboardFeed(broker);
    const signIns = new SignIns(broker, host);
    const app = webApp(broker, {
      signIns,
      feed,
      launchLinks: new LaunchLinks(broker, origin),
      adminTokenHash: systemSecrets.hash(systemSecrets.newToken()),
      stopping: stopping.signal,
      sdk: { module: emptyFile, nodeDoor: emptyFile, extension: emptyFile },
      version: "0",
    });
    built ??= new Builder<State>({ root }).build({ snapshot: "memory" });
    (await built)(app);
    handler = webHandler(app);
    const running = await startBroker(broker);
    return new DashboardServer(broker, signIns, origin, { server, running, feed, stopping });
  }

  /** A browser context that is signed in. */
  async signedIn(
    browser: Browser,
    options: Parameters<Browser["newContext"]>[0] = {},
  ): Promise<BrowserContext> {
    const context = await browser.newContext(options);
    const { result, cookies } = await this.signIns.start(
      new Headers(),
      new URL(this.origin).host,
    );
    const [name = "", value = ""] = (cookies[0] ?? "").split(";", 1)[0]?.split("=") ?? [];
    await context.addCookies([{
      name,
      value,
      url: this.origin,
      httpOnly: true,
      sameSite: "Strict",
    }]);
    await context.addInitScript(([key, secret]) => {
      if (key !== undefined && secret !== undefined) localStorage.setItem(key, secret);
    }, [secretKey, result.secret]);
    return context;
  }

  /** Opens a page and waits until it is live. */
  async open(context: BrowserContext, path: string): Promise<Page> {
    const page = await context.newPage();
    await this.lead(page, path);
    return page;
  }

  /** Leads a page somewhere and waits until it is live: its islands listen, and its stream is open. */
  async lead(page: Page, path: string): Promise<void> {
    const streaming = page.waitForResponse((response) =>
      new URL(response.url()).pathname.endsWith("/events")
    );
    await page.goto(this.origin + path);
    await streaming;
  }

  /** Stores an app, installed unless said otherwise. */
  async addApp(name: string, more: Partial<App> = {}): Promise<App> {
    const { clock, secrets, store } = this.broker;
    const label = name.toLowerCase().replace(/\W+/g, "-");
    const app: App = {
      v: 1,
      id: secrets.newId("app"),
      kind: "web",
      origin: `https://${label}.example.com`,
      manifestId: `https://${label}.example.com/`,
      state: "installed",
      claims: { name, manifestUrl: null, reason: null },
      credentials: [],
      registeredAtMs: clock.nowMs(),
      installedAtMs: clock.nowMs(),
      pausedAtMs: null,
      silence: null,
      ...more,
    };
    await store.commit({ puts: [{ noun: "app", id: app.id, record: app }] });
    return app;
  }

  /** Asks in an app's name, later than anything asked before; answers the pending request. */
  async ask(app: App, target: string, more: TestAsk = {}): Promise<AccessRequest> {
    const beforeMs = this.broker.clock.nowMs();
    await new Promise<void>((resolve) => this.broker.clock.setTimer(1, resolve));
    if (this.broker.clock.nowMs() <= beforeMs) return this.ask(app, target, more);
    const { request, decision } = await askPermission(this.broker, app, {
      capability: "tcp-connect",
      target,
      reason: null,
      userActivation: true,
      secureTransport: false,
      contextId: null,
      ...more,
    });
    if (request === null) throw new Error(`Not asked: ${decision.message}`);
    return request;
  }

  /** Connects in an app's name, under a permission that is there. */
  async connect(app: App, host: string, port: number): Promise<OpenTcpSession> {
    const contextId = this.broker.secrets.newId("ctx");
    this.broker.contexts.add(app.id, contextId);
    return await openTcpSession(this.broker, app.id, {
      contextId,
      remoteAddress: host,
      remotePort: port,
      noDelay: false,
      keepAlive: false,
      reason: null,
      userActivation: true,
    }, { signal: new AbortController().signal, onWaiting() {}, onCut() {} });
  }

  /** Cuts what the dashboard's streams run over, as when the broker's process dies; pages find nobody any more. */
  async cut(): Promise<void> {
    this.#stopping.abort();
    await this.#server.shutdown();
  }

  /** Stops everything. */
  async stop(): Promise<void> {
    await this.#running.stop();
    this.#feed.stop();
    await this.cut();
  }
}
