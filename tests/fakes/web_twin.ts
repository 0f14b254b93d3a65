/** The web side over a broker of fakes, without a port: requests go straight to `app.handler()`. @module */
import { Builder } from "fresh/dev";
import { DashboardFeed } from "../../broker/http/dashboard_feed.ts";
import { LaunchLinks } from "../../broker/http/launch_links.ts";
import { SignIns } from "../../broker/http/sign_in.ts";
import type { SdkFile } from "../../broker/http/sdk_file.ts";
import type { State, WebParts } from "../../broker/http/state.ts";
import { webApp, webHandler } from "../../broker/http/web_app.ts";
import { startBroker } from "../../broker/actions/start_broker.ts";
import { buildOptions } from "../../fresh.config.ts";
import { type FakeBroker, fakeBroker } from "./fake_broker.ts";

/** The host of the dashboard in these tests. */
export const host = "gatehouse.localhost:8737";
/** What `admin.token` holds in these tests. */
export const adminToken = "admin-token-of-the-tests".padEnd(43, "x");

/** One call. */
export interface Call {
  readonly method?: string;
  readonly headers?: Record<string, string>;
  /** Sent as JSON. */
  readonly json?: unknown;
  /** Sent as it is. */
  readonly body?: BodyInit;
  /** The app token, as a bearer token. */
  readonly token?: string;
  readonly origin?: string;
  /** Another `Host` than the dashboard's. */
  readonly host?: string;
  readonly signal?: AbortSignal;
}

/** A browser that is signed in. */
export interface TestSignIn {
  readonly cookie: string;
  readonly secret: string;
}

/** The web side, and the broker behind it. */
export interface WebTwin {
  readonly broker: FakeBroker;
  readonly web: WebParts;
  call(path: string, call?: Call): Promise<Response>;
  /** Signs a browser in by a launch link. */
  signIn(host?: string): Promise<TestSignIn>;
  /** Calls the dashboard's API as a signed-in page does. */
  admin(signIn: TestSignIn, path: string, call?: Call): Promise<Response>;
  stop(): Promise<void>;
}

let build: Promise<Awaited<ReturnType<Builder<State>["build"]>>> | null = null;

/** Starts the web side over a new broker of fakes. */
export async function startWebTwin(): Promise<WebTwin> {
  const broker = fakeBroker();
  const stopping = new AbortController();
  const web: WebParts = {
    signIns: new SignIns(broker, host),
    launchLinks: new LaunchLinks(broker, `http://${host}`),
    feed: new DashboardFeed(broker),
    adminTokenHash: broker.secrets.hash(adminToken),
    stopping: stopping.signal,
    sdk: { module: sdkFile("sdk"), nodeDoor: sdkFile("node"), extension: sdkFile("extension") },
    version: "0.0.0",
  };
  const app = webApp(broker, web);
  (await (build ??= new Builder<State>(buildOptions).build({ snapshot: "memory" })))(app);
  const handle = webHandler(app);
  const running = await startBroker(broker);

  const twin: WebTwin = {
    broker,
    web,
    call(path, call = {}) {
      const headers = new Headers(call.headers);
      if (call.token !== undefined) headers.set("authorization", `Bearer ${call.token}`);
      if (call.origin !== undefined) headers.set("origin", call.origin);
      if (call.json !== undefined) headers.set("content-type", "application/json");
      const body = call.json === undefined ? call.body : JSON.stringify(call.json);
      const init: RequestInit = {
        method: call.method ?? (body === undefined ? "GET" : "POST"),
        headers,
      };
      if (body !== undefined) init.body = body;
      if (call.signal) init.signal = call.signal;
      return handle(new Request(`http://${call.host ?? host}${path}`, init));
    },
    async signIn(on = host) {
      const token = new URL(web.launchLinks.create().url).hash.slice(1);
      const answer = await twin.call("/admin/v1/sign-in", {
        host: on,
        origin: `http://${on}`,
        headers: { cookie: "__Host-Http-gatehouse-probe=1" },
        json: { token },
      });
      const cookie = answer.headers.getSetCookie()[0]?.split(";", 1)[0] ?? "";
      return { cookie, secret: (await answer.json()).secret };
    },
    admin(signIn, path, call = {}) {
      const on = call.host ?? host;
      return twin.call(`/admin/v1${path}`, {
        ...call,
        origin: call.origin ?? `http://${on}`,
        headers: { cookie: signIn.cookie, "x-gatehouse-secret": signIn.secret, ...call.headers },
      });
    },
    async stop() {
      stopping.abort();
      web.feed.stop();
      await running.stop();
    },
  };
  return twin;
}

function sdkFile(name: string): SdkFile {
  return { code: "export {};", contentType: "text/javascript; charset=utf-8", etag: `"${name}"` };
}
