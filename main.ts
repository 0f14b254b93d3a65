/** Wires the real parts together and serves; the only file that opens a store, a port or a clock. @module */
import { fileURLToPath } from "node:url";
import type { App } from "fresh";
import { Builder } from "fresh/dev";
import {
  type Broker,
  type Log,
  type PolicySource,
  type Store,
  unmanagedState,
} from "./broker/actions/ports.ts";
import { startBroker } from "./broker/actions/start_broker.ts";
import { noPolicy } from "./broker/core/policy.ts";
import { DashboardFeed } from "./broker/http/dashboard_feed.ts";
import { type FrontLimits, startFront } from "./broker/http/front_server.ts";
import { dashboardHost } from "./broker/http/hosts.ts";
import { LaunchLinks } from "./broker/http/launch_links.ts";
import { RelayUpgrades } from "./broker/http/relay_upgrade.ts";
import { bundleSdkFiles, type SdkFiles } from "./broker/http/sdk_file.ts";
import { SignIns } from "./broker/http/sign_in.ts";
import type { State, WebParts } from "./broker/http/state.ts";
import { webApp, webHandler } from "./broker/http/web_app.ts";
import { SystemBinder } from "./broker/network/binder.ts";
import { thisMachine } from "./broker/network/machine.ts";
import { SystemNetworkProbe } from "./broker/network/network_probe.ts";
import { PreflightProbe } from "./broker/network/preflight_probe.ts";
import { PooledHttpClient } from "./broker/network/http_client.ts";
import { DnsResolver } from "./broker/network/resolver.ts";
import { WebSiteFetcher } from "./broker/network/site_fetcher.ts";
import { TcpDialer } from "./broker/network/tcp_dialer.ts";
import { SystemUdp } from "./broker/network/udp_sockets.ts";
import { readRelayOffer } from "./broker/relay/relay_subprotocol.ts";
import { serveTunnel, serveWisp } from "./broker/relay/serve_front_end.ts";
import { serveRelay } from "./broker/relay/serve_relay.ts";
import type { LaunchLink } from "./broker/schema/admin_api.ts";
import { ContextTable } from "./broker/stores/context_table.ts";
import { openDataDirectory } from "./broker/stores/data_directory.ts";
import { HostAccessTable } from "./broker/stores/host_access_table.ts";
import { LimitTable } from "./broker/stores/limit_table.ts";
import { openKvStore } from "./broker/stores/open_kv_store.ts";
import { PolicyFileSource } from "./broker/stores/policy_file_source.ts";
import { SessionTable } from "./broker/stores/session_table.ts";
import { systemClock } from "./broker/stores/system_clock.ts";
import { systemSecrets } from "./broker/stores/system_secrets.ts";
import { fail, ownDataDirectory, print } from "./broker/cli/command.ts";
import { jsonLog } from "./broker/cli/json_log.ts";
import { forgetOpeners, openBrowser } from "./broker/cli/open_browser.ts";
import { requireServable } from "./broker/cli/server_settings.ts";
import { greeting, startFailure } from "./broker/cli/start_messages.ts";
import {
  defaultPort,
  readStartOptions,
  type StartOptions,
  usage,
} from "./broker/cli/start_options.ts";
import { startDemo } from "./broker/demo/demo.ts";
import { buildOptions } from "./fresh.config.ts";

/** The version of this broker. */
export const version = "0.1.0";

/** How long calls and relays have to end by themselves when the broker stops. */
const stopGraceMs = 2000;

/** Signals within this time of the first are that same one. */
const sameSignalMs = 1000;

/** What a broker is wired from. What is absent is the real thing. */
export interface GatehouseParts extends Partial<Omit<Broker, "bootId" | "store" | "log">> {
  readonly store: Store;
  readonly log: Log;
  /** The text of `admin.token`. */
  readonly adminToken: string;
  readonly frontLimits?: Partial<FrontLimits>;
}

/** A broker that serves. */
export interface Gatehouse {
  readonly broker: Broker;
  readonly port: number;
  /** Makes a launch link. */
  launchLink(): LaunchLink;
  /** Closes every session with a reason, lets calls end, and frees the port. The store stays open. */
  stop(): Promise<void>;
}

/** Islands, routes and SDK are built once a process, however many brokers it runs. */
let build: Promise<{ apply: (app: App<State>) => void; sdk: SdkFiles }> | null = null;

async function buildWeb() {
  const [apply, sdk] = await Promise.all([
    new Builder<State>(buildOptions).build({ snapshot: "memory" }),
    bundleSdkFiles(),
  ]);
  return { apply, sdk };
}

/**
 * Starts a broker on a port of loopback; 0 is any that is free.
 *
 * @throws Error with code `EADDRINUSE` when the port is taken.
 */
export async function startGatehouse(parts: GatehouseParts, port: number): Promise<Gatehouse> {
  const { log } = parts;
  const clock = parts.clock ?? systemClock;
  const ready = Promise.withResolvers<(request: Request) => Promise<Response>>();
  let relays: RelayUpgrades | null = null;
  // The port comes first: who asks too early waits, and nothing is begun when it is taken.
  const front = await startFront({
    port,
    handler: async (request) => await (await ready.promise)(request),
    upgrade: (...upgrade) => relays ? relays.upgrade(...upgrade) : upgrade[1].destroy(),
    clock,
    log,
    ...(parts.frontLimits && { limits: parts.frontLimits }),
  });
  try {
    const broker = wireBroker(parts, front.port);
    const { apply, sdk } = await (build ??= buildWeb());
    const stopping = new AbortController();
    const host = dashboardHost(front.port);
    const web: WebParts = {
      signIns: new SignIns(broker, host),
      launchLinks: new LaunchLinks(broker, `http://${host}`),
      feed: new DashboardFeed(broker),
      adminTokenHash: broker.secrets.hash(parts.adminToken),
      stopping: stopping.signal,
      sdk,
      version,
    };
    const app = webApp(broker, web);
    apply(app);
    const running = await startBroker(broker);
    const upgrades = relays = new RelayUpgrades(broker, {
      readOffer: readRelayOffer,
      serve: serveRelay,
      serveWisp,
      serveTunnel,
    });
    ready.resolve(webHandler(app));
    return {
      broker,
      port: front.port,
      launchLink: () => web.launchLinks.create(),
      async stop() {
        stopping.abort();
        web.feed.stop();
        await running.stop();
        await broker.http.close();
        upgrades.stop();
        const notCut = clock.setTimer(stopGraceMs, () => upgrades.cut());
        await front.stop(stopGraceMs);
        notCut();
      },
    };
  } catch (fault) {
    ready.reject(fault);
    ready.promise.catch(() => {});
    await front.stop(0);
    throw fault;
  }
}

function wireBroker(parts: GatehouseParts, port: number): Broker {
  const { store, log, clock = systemClock, secrets = systemSecrets } = parts;
  const dialer = parts.dialer ?? new TcpDialer({ clock });
  return {
    bootId: secrets.newId("boot"),
    clock,
    secrets,
    store,
    sessions: parts.sessions ?? new SessionTable(),
    limits: parts.limits ?? new LimitTable(),
    contexts: parts.contexts ?? new ContextTable(),
    hostAccess: parts.hostAccess ?? new HostAccessTable(),
    policy: parts.policy ?? unmanaged,
    resolver: parts.resolver ?? new DnsResolver({ clock }),
    dialer,
    udp: parts.udp ?? new SystemUdp(),
    binder: parts.binder ?? new SystemBinder({ clock }),
    corsProbe: parts.corsProbe ?? new PreflightProbe({ clock }),
    sites: parts.sites ?? new WebSiteFetcher({ clock, dialer }),
    http: parts.http ?? new PooledHttpClient({ clock, dialer }),
    machine: parts.machine ?? thisMachine(clock, [port]),
    network: parts.network ?? new SystemNetworkProbe({ clock }),
    log,
  };
}

/** The policy of a machine that nobody manages; it never changes. */
const unmanaged: PolicySource = {
  current: () => noPolicy,
  state: () => unmanagedState,
  subscribe: () => () => {},
};

/** Opens this user's data, serves, and ends in good order at the first signal; at a later one, at once. */
async function serveUntilSignal(options: StartOptions): Promise<void> {
  const clock = systemClock;
  const log = jsonLog(clock, (line) => void Deno.stderr.writeSync(new TextEncoder().encode(line)));
  surviveFaults(log);
  const configFile = options.configFile ?? fileURLToPath(new URL("./deno.json", import.meta.url));
  const policy = await PolicyFileSource.open(configFile, { clock, secrets: systemSecrets, log });
  requireServable(policy.server);
  const data = await openDataDirectory(options.dataDirectory ?? ownDataDirectory(), systemSecrets);
  const store = await openKvStore(data.kvPath, { clock, witness: data.witness });
  const { adminToken } = data;
  const gatehouse = await startGatehouse(
    { store, log, adminToken, policy },
    options.port ?? policy.server.port ?? defaultPort,
  );
  await data.announce({ pid: Deno.pid, port: gatehouse.port, startedAtMs: clock.nowMs() });
  const { url } = gatehouse.launchLink();
  const demo = options.withDemo ? await startDemo(`http://${dashboardHost(gatehouse.port)}`) : null;
  print(greeting(version, url, demo?.url ?? null));
  const closeLink = options.opensBrowser ? await openBrowser(url, data.path) : null;
  // From here on it runs nothing but what tells how this machine is connected.
  await forgetOpeners();
  await firstSignal();
  print("Stopping.");
  await closeLink?.();
  demo?.stop();
  await gatehouse.stop();
  await policy.stop();
  await store.close();
  await data.close();
}

/** One fault, in a socket or a promise that nobody awaits, must not end the process. */
function surviveFaults(log: Log): void {
  globalThis.addEventListener("error", (event) => {
    event.preventDefault();
    log.error("uncaught-error", event.error);
  });
  globalThis.addEventListener("unhandledrejection", (event) => {
    event.preventDefault();
    log.error("unhandled-rejection", event.reason);
  });
}

/**
 * Resolves at the first signal to stop; one that comes later ends the process without further ado. One Ctrl+C may come
 * twice at once: from the terminal, and from the task that passes it on.
 */
function firstSignal(): Promise<void> {
  const signals: Deno.Signal[] = Deno.build.os === "windows"
    ? ["SIGINT", "SIGBREAK"]
    : ["SIGINT", "SIGTERM", "SIGHUP"];
  const first = Promise.withResolvers<void>();
  let firstAtMs = Infinity;
  for (const signal of signals) {
    Deno.addSignalListener(signal, () => {
      const nowMs = systemClock.nowMs();
      if (nowMs - firstAtMs > sameSignalMs) Deno.exit(130);
      firstAtMs = Math.min(firstAtMs, nowMs);
      first.resolve();
    });
  }
  return first.promise;
}

if (import.meta.main) {
  try {
    const options = readStartOptions(Deno.args);
    if (options) await serveUntilSignal(options);
    else print(usage);
    Deno.exit(0);
  } catch (fault) {
    const { code, text } = startFailure(fault);
    fail(code, text);
  }
}
