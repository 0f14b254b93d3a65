/** Which grant an entry of the history can bring back. @module */
import { BudgetUse } from "../schema/budget.ts";
import { Grant } from "../schema/grant.ts";
import type { HistoryEntry } from "../schema/history.ts";
import { undoUnusedMs } from "./unused_grants.ts";

/**
 * The grant whose end an entry tells of, while that can be undone: revocations, and for 30 days what ended for want of
 * use. What time ended is over; whether a revoked grant's own time has run out is for the caller to say.
 */
export function restorableGrant(
  { kind, atMs, detail }: Pick<HistoryEntry, "kind" | "atMs" | "detail">,
  nowMs: number,
): Grant | undefined {
  if (kind !== "grant-revoked" && kind !== "grant-expired") return undefined;
  const grant = Grant.safeParse(detail["grant"]).data;
  if (kind === "grant-revoked") return grant;
  const unused = grant?.duration.kind === "always";
  return unused && nowMs - atMs <= undoUnusedMs ? grant : undefined;
}

/** What was used of the budget of the grant whose end an entry tells of; null where it does not say. */
export function useAtEnd({ detail }: Pick<HistoryEntry, "detail">): BudgetUse | null {
  return BudgetUse.safeParse(detail["use"]).data ?? null;
}
