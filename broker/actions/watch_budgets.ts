/** Watching budgets: what is used up is reviewed, and what is idle is closed, a few times a second while it matters. @module */
import type { Session } from "../schema/session.ts";
import { budgetMeter } from "./budget_meter.ts";
import type { Broker, LiveSession } from "./ports.ts";
import { reviewSessions } from "./review_sessions.ts";

/** How often open sessions with a budget are looked at: what flows meanwhile may go beyond it. */
export const budgetCheckMs = 250;

/** When a session last carried a byte. */
interface Moved {
  bytes: number;
  atMs: number;
}

/** Starts the watching; nothing is done while no open session has a budget. The returned function ends it. */
export function watchBudgets(broker: Broker): () => void {
  const meter = budgetMeter(broker);
  const moved = new Map<string, Moved>();
  let cancel: (() => void) | null = null;
  const check = () => {
    cancel = null;
    meter.countOpen();
    let isDue = false;
    for (const live of [...broker.sessions.list()]) {
      const budget = budgetOf(broker, live.session);
      if (!budget) continue;
      isDue = true;
      if (budget.idleTimeoutMs !== undefined) closeIdle(live, budget.idleTimeoutMs);
      const used = budget.bytes !== undefined && isUsedUp(live.session);
      if (used) reviewSessions(broker, live.session.appId);
    }
    for (const id of moved.keys()) if (!broker.sessions.get(id)) moved.delete(id);
    if (isDue) arm();
  };
  const arm = () => cancel ??= broker.clock.setTimer(budgetCheckMs, check);
  const isUsedUp = ({ ruleIds }: Session) =>
    ruleIds.some((id) => {
      const bytes = broker.store.get("grant", id)?.record.budget?.bytes;
      return bytes !== undefined && meter.get(id).bytes >= bytes;
    });
  const closeIdle = (live: LiveSession, idleTimeoutMs: number) => {
    const { session } = live;
    // A listener carries nothing itself; what it accepts does.
    if (session.capability === "tcp-listen" && session.listenerId === undefined) return;
    const nowMs = broker.clock.nowMs();
    const bytes = session.bytesSent + session.bytesReceived;
    const last = moved.get(session.id);
    if (last?.bytes !== bytes) return void moved.set(session.id, { bytes, atMs: nowMs });
    if (nowMs - last.atMs < idleTimeoutMs) return;
    const seconds = Math.round(idleTimeoutMs / 1000);
    const message =
      `Nothing was sent for ${seconds} seconds, which is all that its permission allows.`;
    live.close({ code: "idle-timeout", phase: "transfer", message });
  };
  const stops = [
    broker.sessions.subscribe(({ kind, session }) => {
      if (kind !== "closed" && budgetOf(broker, session)) arm();
    }),
    // A session that is open may come to have a budget.
    broker.store.subscribe(({ puts }) => {
      if (puts.some(({ noun, record }) => noun === "grant" && record.budget)) arm();
    }),
  ];
  return () => {
    for (const stop of stops) stop();
    cancel?.();
  };
}

/** The budget of the grant that allows a session. */
function budgetOf({ store }: Broker, { ruleIds }: Session) {
  for (const id of ruleIds) {
    const budget = store.get("grant", id)?.record.budget;
    if (budget) return budget;
  }
  return undefined;
}
