/** Using up a grant that is good for one connection or fetch. @module */
import type { Decision } from "../schema/decision.ts";
import type { Grant } from "../schema/grant.ts";
import type { SessionId } from "../schema/ids.ts";
import type { Broker, Stored } from "./ports.ts";

/** The once-only grant among those that a decision rests on. */
export function onceGrant(broker: Broker, decision: Decision): Stored<"grant"> | undefined {
  return decision.ruleIds
    .map((id) => broker.store.get("grant", id))
    .find((stored) => stored?.record.duration.kind === "once");
}

/**
 * Uses a grant up for one session, which it goes on to cover.
 *
 * @returns False when another session was first, be it long ago.
 * @throws StoreUnavailableError
 */
export async function spendOnce(
  { store }: Broker,
  { record, version }: Stored<"grant">,
  sessionId: SessionId,
): Promise<boolean> {
  if (record.spentBy !== null) return record.spentBy === sessionId;
  const spent: Grant = { ...record, spentBy: sessionId };
  const { committed } = await store.commit({
    checks: [{ noun: "grant", id: record.id, version }],
    puts: [{ noun: "grant", id: record.id, record: spent }],
  });
  return committed;
}
