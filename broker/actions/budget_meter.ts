/** What has been used of every grant in this run: exact for what has closed, and as last counted for what is open. @module */
import type { BudgetUse } from "../schema/budget.ts";
import type { Broker } from "./ports.ts";
import { sessionUse } from "./session_use.ts";

type Parts = Pick<Broker, "store" | "sessions">;

interface Counted {
  connections: number;
  /** Of sessions that have closed, or that rest on other grants by now. */
  closedBytes: number;
  /** Of sessions that are open, when they were last counted. */
  openBytes: number;
}

/** Counts what grants are used for, from what is stored on. It costs a few numbers for each grant that is used. */
export class BudgetMeter {
  readonly #broker: Parts;
  readonly #counted = new Map<string, Counted>();
  /** What each open session had carried under its grants when it was last counted. */
  readonly #open = new Map<string, number>();

  constructor(broker: Parts) {
    this.#broker = broker;
    sessionUse(broker).subscribe(({ session, ruleIds, isConnection, bytes }) => {
      if (isConnection) return this.#each(ruleIds, (counted) => counted.connections++);
      const countedBytes = this.#open.get(session.id) ?? 0;
      this.#open.delete(session.id);
      this.#each(ruleIds, (counted) => {
        counted.closedBytes += bytes;
        counted.openBytes = Math.max(0, counted.openBytes - countedBytes);
      });
    });
    broker.store.subscribe(({ removed }) => {
      for (const { noun, id } of removed) if (noun === "grant") this.#counted.delete(id);
    });
  }

  /** What has been used of a grant. */
  get(grantId: string): BudgetUse {
    const { connections, closedBytes, openBytes } = this.#of(grantId);
    return { connections, bytes: closedBytes + openBytes };
  }

  /** What its closed sessions have carried, and how many it has had: what lasts. */
  lasting(grantId: string): BudgetUse {
    const { connections, closedBytes } = this.#of(grantId);
    return { connections, bytes: closedBytes };
  }

  /** Counts what the open sessions have carried by now. */
  countOpen(): void {
    for (const counted of this.#counted.values()) counted.openBytes = 0;
    for (const { session } of this.#broker.sessions.list()) {
      const bytes = sessionUse(this.#broker).bytesSince(session);
      this.#open.set(session.id, bytes);
      this.#each(session.ruleIds, (counted) => counted.openBytes += bytes);
    }
  }

  #each(ruleIds: readonly string[], count: (counted: Counted) => void): void {
    for (const id of new Set(ruleIds)) {
      if (this.#counted.has(id) || this.#broker.store.get("grant", id)) count(this.#of(id));
    }
  }

  #of(grantId: string): Counted {
    let counted = this.#counted.get(grantId);
    if (!counted) {
      const stored = this.#broker.store.get("grantUse", grantId)?.record;
      counted = {
        connections: stored?.useCount ?? 0,
        closedBytes: stored?.bytes ?? 0,
        openBytes: 0,
      };
      this.#counted.set(grantId, counted);
    }
    return counted;
  }
}

/** Kept as long as the broker itself. */
const meters = new WeakMap<Broker["sessions"], BudgetMeter>();

/** The meter of a broker. It counts from the first call on, so that is made when the broker starts. */
export function budgetMeter(broker: Parts): BudgetMeter {
  let meter = meters.get(broker.sessions);
  if (!meter) meters.set(broker.sessions, meter = new BudgetMeter(broker));
  return meter;
}
