/** How much flows for each app: bytes are counted every two seconds, and the last five minutes are kept. @module */
import type { TrafficByApp } from "../schema/dashboard.ts";
import type { AppId, SessionId } from "../schema/ids.ts";
import type { Session } from "../schema/session.ts";
import type { Broker } from "./ports.ts";

/** How often bytes are counted. */
export const trafficStepMs = 2_000;
/** How many counts are kept. */
export const trafficSteps = 150;
/** So many apps are told apart; the others are told together. */
const maxTold = 4;

type Metered = Pick<Broker, "clock" | "sessions" | "store">;

interface Series {
  /** The app's name when it last had traffic. */
  name: string;
  /** Bytes in each step, oldest first. */
  readonly steps: number[];
  /** Bytes since the last count. */
  since: number;
}

/** Counts what flows. While nothing is open, nothing is counted, and no time is kept. */
export class TrafficMeter {
  readonly #broker: Metered;
  readonly #series = new Map<AppId, Series>();
  readonly #counted = new Map<SessionId, number>();
  readonly #unsubscribe: () => void;
  #lastMs = 0;
  #cancel: (() => void) | null = null;

  constructor(broker: Metered) {
    this.#broker = broker;
    this.#unsubscribe = broker.sessions.subscribe(({ kind, session }) => {
      if (kind === "closed") {
        this.#count(session);
        this.#counted.delete(session.id);
      } else this.#arm();
    });
    this.#arm();
  }

  /** Ends the counting. */
  stop(): void {
    this.#unsubscribe();
    this.#cancel?.();
    this.#cancel = null;
  }

  /** The last five minutes up to now; apps without traffic in them are left out. */
  byApp(): TrafficByApp {
    this.#advance();
    const told = [...this.#series]
      .map(([appId, { name, steps }]) => ({
        appId: appId as AppId | null,
        appName: name,
        rates: steps.map((bytes) => Math.round(bytes * 1000 / trafficStepMs)),
        sum: steps.reduce((sum, bytes) => sum + bytes, 0),
      }))
      .filter(({ sum }) => sum > 0)
      .sort((a, b) => b.sum - a.sum);
    const others = told.splice(maxTold);
    if (others.length > 0) {
      const rates = Array.from(
        { length: trafficSteps },
        (_, n) => others.reduce((sum, { rates }) => sum + (rates[n] ?? 0), 0),
      );
      told.push({ appId: null, appName: "", rates, sum: 0 });
    }
    return {
      fromMs: Math.max(0, this.#lastMs - (trafficSteps - 1) * trafficStepMs),
      stepMs: trafficStepMs,
      apps: told.map(({ sum: _, ...app }) => app),
    };
  }

  #arm(): void {
    if (this.#cancel || this.#broker.sessions.size === 0) return;
    this.#cancel = this.#broker.clock.setTimer(trafficStepMs, () => {
      this.#cancel = null;
      this.#advance();
      this.#arm();
    });
  }

  #count({ id, appId, bytesSent, bytesReceived }: Session): void {
    const bytes = bytesSent + bytesReceived;
    const more = bytes - (this.#counted.get(id) ?? 0);
    this.#counted.set(id, bytes);
    if (more <= 0) return;
    const name = this.#broker.store.get("app", appId)?.record.claims.name ?? "";
    const series = this.#series.get(appId) ??
      { name, steps: Array.from({ length: trafficSteps }, () => 0), since: 0 };
    series.name = name;
    series.since += more;
    this.#series.set(appId, series);
  }

  /** Closes the steps that are over. Steps begin at whole multiples of their length, so that all dashboards agree. */
  #advance(): void {
    const nowMs = this.#broker.clock.nowMs();
    const lastMs = nowMs - nowMs % trafficStepMs;
    const over = Math.min(trafficSteps, (lastMs - this.#lastMs) / trafficStepMs);
    this.#lastMs = lastMs;
    if (over <= 0) return;
    for (const { session } of this.#broker.sessions.list()) this.#count(session);
    for (const [appId, series] of this.#series) {
      // Steps in which nobody counted had nothing open: what was counted since is of the last.
      series.steps.push(...Array.from({ length: over - 1 }, () => 0), series.since);
      series.steps.splice(0, over);
      series.since = 0;
      if (series.steps.every((bytes) => bytes === 0)) this.#series.delete(appId);
    }
  }
}

/** The meter of each broker that runs. */
const meters = new WeakMap<Broker["sessions"], TrafficMeter>();

/** Starts counting for a broker; the returned function ends it. */
export function watchTraffic(broker: Metered): () => void {
  const meter = new TrafficMeter(broker);
  meters.set(broker.sessions, meter);
  return () => meter.stop();
}

/** The traffic of a broker's apps; none where nobody counts. */
export function trafficByApp(broker: Metered): TrafficByApp {
  return meters.get(broker.sessions)?.byApp() ??
    { fromMs: broker.clock.nowMs(), stepMs: trafficStepMs, apps: [] };
}
