/** The line that the end of a grant leaves in the history. @module */
import type { Grant } from "../schema/grant.ts";
import type { HistoryDraft } from "../schema/history.ts";
import type { BudgetUse } from "../schema/budget.ts";
import { budgetMeter } from "./budget_meter.ts";
import { historyDraft } from "./history_draft.ts";
import type { Broker } from "./ports.ts";

/** Why a grant ended that nothing else has ended. */
export const whyUnused = "It was not used for 90 days.";

/** A draft that keeps the grant whole, and what was used of its budget, so that an Undo can bring both back. */
export function grantEnding(
  broker: Pick<Broker, "clock" | "store" | "sessions">,
  grant: Grant,
  kind: "grant-revoked" | "grant-expired",
  why?: string,
): HistoryDraft {
  const verb = kind === "grant-revoked" ? "Revoked" : "Ended";
  const use = usedSoFar(broker, grant);
  const effect = grant.effect === "allow" ? "Allow" : "Deny";
  return historyDraft(broker, kind, kind === "grant-revoked" ? "person" : "broker", {
    app: broker.store.get("app", grant.appId)?.record,
    capability: grant.capability,
    target: grant.target,
    message: `${verb}: ${effect} ${grant.target}.${why === undefined ? "" : ` ${why}`}`,
    // What was used is soon forgotten of a grant that is gone.
    detail: { grant, ...(use && { use }) },
  });
}

function usedSoFar(
  broker: Pick<Broker, "store" | "sessions">,
  { id, budget }: Grant,
): BudgetUse | null {
  return budget ? budgetMeter(broker).get(id) : null;
}
