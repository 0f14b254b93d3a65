/** Which grants each open session uses, and what it has carried under them: what use and budgets are counted from. @module */
import type { Session } from "../schema/session.ts";
import type { Broker } from "./ports.ts";

type Parts = Pick<Broker, "store" | "sessions">;

/** What a session has used of some grants, beyond what was told before. */
export interface Use {
  readonly session: Session;
  readonly ruleIds: readonly string[];
  /** Whether these grants have one connection more. */
  readonly isConnection: boolean;
  /** What the connection was for. */
  readonly target: string;
  /** What it has carried under them. */
  readonly bytes: number;
}

/** Follows every session: the grants that it rests on change while it is open. */
class SessionUse {
  readonly #broker: Parts;
  readonly #listeners = new Set<(use: Use) => void>();
  /** What sessions had carried when their grants last changed. */
  readonly #toldBytes = new Map<string, number>();

  constructor(broker: Parts) {
    this.#broker = broker;
    broker.sessions.subscribe(({ kind, session }) => {
      const { ruleIds, target } = session;
      if (kind === "opened") this.#tell({ session, ruleIds, target, isConnection: true, bytes: 0 });
      if (kind !== "closed") return;
      const bytes = this.bytesSince(session);
      this.#toldBytes.delete(session.id);
      this.#tell({ session, ruleIds, target, isConnection: false, bytes });
    });
  }

  /** Calls `listener` with every use; the returned function ends that. */
  subscribe(listener: (use: Use) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** What an open session has carried under the grants of now. */
  bytesSince({ id, bytesSent, bytesReceived }: Session): number {
    return bytesSent + bytesReceived - (this.#toldBytes.get(id) ?? 0);
  }

  /** As `tellRules`. */
  tell(session: Session, before: readonly string[], furtherTarget?: string): void {
    const joined = session.ruleIds.filter((id) => !before.includes(id));
    const left = before.filter((id) => !session.ruleIds.includes(id));
    if (joined.length + left.length === 0 || !this.#broker.sessions.get(session.id)) return;
    const target = furtherTarget ?? session.target;
    // A grant that is gone was replaced, and what takes its place goes on with its bytes.
    const isReplaced = left.length > 0 && !left.some((id) => this.#broker.store.get("grant", id));
    if (!isReplaced) {
      const bytes = this.bytesSince(session);
      this.#toldBytes.set(session.id, session.bytesSent + session.bytesReceived);
      this.#tell({ session, ruleIds: before, target, isConnection: false, bytes });
    }
    if (joined.length === 0) return;
    if (furtherTarget !== undefined) {
      this.#tell({ session, ruleIds: joined, target, isConnection: true, bytes: 0 });
    }
    this.#broker.sessions.changed(session.id);
  }

  #tell(use: Use): void {
    for (const listener of [...this.#listeners]) listener(use);
  }
}

/** Kept as long as the broker itself. */
const uses = new WeakMap<Broker["sessions"], SessionUse>();

/** The uses of a broker's sessions, from the first call on. */
export function sessionUse(broker: Parts): SessionUse {
  let use = uses.get(broker.sessions);
  if (!use) uses.set(broker.sessions, use = new SessionUse(broker));
  return use;
}

/**
 * Tells that the rules of an open session are others than `before`. What it has carried stays with the grants that it rested
 * on then.
 *
 * @param furtherTarget What it goes to beyond what it was opened for, which is one connection more of the grants that join;
 * absent when it was merely decided on again.
 */
export function tellRules(
  broker: Parts,
  session: Session,
  before: readonly string[],
  furtherTarget?: string,
): void {
  sessionUse(broker).tell(session, before, furtherTarget);
}

/** Adds rules that let an open session go to a further target. */
export function addRules(
  broker: Parts,
  session: Session,
  ruleIds: readonly string[],
  furtherTarget: string,
): void {
  const before = session.ruleIds;
  session.ruleIds = [...new Set([...before, ...ruleIds])];
  tellRules(broker, session, before, furtherTarget);
}
