/** What a grant was used for, as the use of the grant that takes its place. @module */
import type { GrantId } from "../schema/ids.ts";
import { budgetMeter } from "./budget_meter.ts";
import type { Broker, Put } from "./ports.ts";

/** The record to be written beside the new grant; none when the old one was never used. */
export function movedUse(broker: Broker, from: GrantId, to: GrantId): Put[] {
  const { connections, bytes } = budgetMeter(broker).lasting(from);
  if (connections === 0) return [];
  const stored = broker.store.get("grantUse", from)?.record;
  const record = {
    v: 1,
    id: to,
    useCount: connections,
    lastUsedAtMs: stored?.lastUsedAtMs ?? broker.clock.nowMs(),
    bytes,
  } as const;
  return [{ noun: "grantUse", id: to, record }];
}
