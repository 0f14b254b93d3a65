/** A broker of fakes: memory for a store, a clock that stands still, no network. @module */
import {
  type Broker,
  type Log,
  type PolicySource,
  type PolicyState,
  unmanagedState,
} from "../../broker/actions/ports.ts";
import { noPolicy, type Policy } from "../../broker/core/policy.ts";
import type { App } from "../../broker/schema/app.ts";
import { ContextTable } from "../../broker/stores/context_table.ts";
import { HostAccessTable } from "../../broker/stores/host_access_table.ts";
import { LimitTable } from "../../broker/stores/limit_table.ts";
import { MemoryStore } from "../../broker/stores/memory_store.ts";
import { SessionTable } from "../../broker/stores/session_table.ts";
import { FakeBinder } from "./fake_binder.ts";
import { FakeClock } from "./fake_clock.ts";
import { FakeCorsProbe } from "./fake_cors_probe.ts";
import { FakeDialer } from "./fake_dialer.ts";
import { FakeHttp } from "./fake_http.ts";
import { FakeNetwork } from "./fake_network.ts";
import { FakeResolver } from "./fake_resolver.ts";
import { FakeSecrets } from "./fake_secrets.ts";
import { FakeSites } from "./fake_sites.ts";
import { FakeUdp } from "./fake_udp.ts";

/** A policy that a test replaces. */
export class FakePolicySource implements PolicySource {
  #policy: Policy = noPolicy;
  #state: PolicyState = unmanagedState;
  readonly #listeners = new Set<() => void>();

  current(): Policy {
    return this.#policy;
  }

  state(): PolicyState {
    return this.#state;
  }

  /** Puts parts of a policy in force. */
  replace(parts: Partial<Policy>): void {
    this.#policy = { ...noPolicy, revision: crypto.randomUUID(), ...parts };
    for (const listener of this.#listeners) listener();
  }

  /** Says where the policy is from and how its file stands. */
  tell(parts: Partial<PolicyState>): void {
    this.#state = { ...this.#state, ...parts };
    for (const listener of this.#listeners) listener();
  }

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}

/** A log that keeps its errors: a test that expects none asks `errors`. */
export class FakeLog implements Log {
  readonly errors: { event: string; fault: unknown }[] = [];
  readonly infos: { event: string; facts: unknown }[] = [];
  info(event: string, facts?: Record<string, unknown>): void {
    this.infos.push({ event, facts });
  }
  error(event: string, fault: unknown): void {
    this.errors.push({ event, fault });
  }
}

/** A `Broker` whose parts a test can reach. */
export interface FakeBroker extends Broker {
  readonly clock: FakeClock;
  readonly secrets: FakeSecrets;
  readonly store: MemoryStore;
  readonly sessions: SessionTable;
  readonly limits: LimitTable;
  readonly contexts: ContextTable;
  readonly hostAccess: HostAccessTable;
  readonly policy: FakePolicySource;
  readonly resolver: FakeResolver;
  readonly dialer: FakeDialer;
  readonly udp: FakeUdp;
  readonly binder: FakeBinder;
  readonly corsProbe: FakeCorsProbe;
  readonly sites: FakeSites;
  readonly http: FakeHttp;
  readonly network: FakeNetwork;
  readonly log: FakeLog;
}

/** A broker with nothing in it. It listens on port 8737, and its machine has the address 192.0.2.7. */
export function fakeBroker(): FakeBroker {
  const clock = new FakeClock();
  const secrets = new FakeSecrets();
  const ownAddresses: ReadonlySet<string> = new Set(["192.168.7.7"]);
  const broadcastAddresses: ReadonlySet<string> = new Set(["192.168.7.255"]);
  return {
    bootId: secrets.newId("boot"),
    clock,
    secrets,
    store: new MemoryStore({ clock }),
    sessions: new SessionTable(),
    limits: new LimitTable(),
    contexts: new ContextTable(),
    hostAccess: new HostAccessTable(),
    policy: new FakePolicySource(),
    resolver: new FakeResolver(),
    dialer: new FakeDialer(),
    udp: new FakeUdp(),
    binder: new FakeBinder(),
    corsProbe: new FakeCorsProbe(),
    sites: new FakeSites(),
    http: new FakeHttp(),
    network: new FakeNetwork(),
    machine: {
      name: "test-machine",
      ownAddresses: () => ownAddresses,
      broadcastAddresses: () => broadcastAddresses,
      brokerPorts: [8737],
    },
    log: new FakeLog(),
  };
}

/** An installed web app, as a record. */
export function fakeApp(broker: FakeBroker, more: Partial<App> = {}): App {
  return {
    v: 1,
    id: broker.secrets.newId("app"),
    kind: "web",
    origin: "https://mail.example.com",
    manifestId: "https://mail.example.com/",
    state: "installed",
    claims: { name: "Mail", manifestUrl: null, reason: null },
    credentials: [],
    registeredAtMs: broker.clock.nowMs(),
    installedAtMs: broker.clock.nowMs(),
    pausedAtMs: null,
    silence: null,
    ...more,
  };
}

/** Stores an installed web app. */
export async function installedApp(broker: FakeBroker, more: Partial<App> = {}): Promise<App> {
  const app = fakeApp(broker, more);
  await broker.store.commit({ puts: [{ noun: "app", id: app.id, record: app }] });
  return app;
}
