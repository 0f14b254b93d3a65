/** Setting a budget: a grant is never edited, so one with the new budget takes its place, in one commit. @module */
import { budgetText } from "../core/budget.ts";
import type { SetBudgetResult } from "../schema/admin_api.ts";
import type { Budget } from "../schema/budget.ts";
import type { Grant } from "../schema/grant.ts";
import type { GrantId } from "../schema/ids.ts";
import { ActionError } from "./action_error.ts";
import { budgetMeter } from "./budget_meter.ts";
import { grantEnding } from "./grant_ending.ts";
import { grantView } from "./grant_view.ts";
import { historyDraft } from "./history_draft.ts";
import { movedUse } from "./moved_use.ts";
import type { Broker } from "./ports.ts";
import { transact } from "./transact.ts";

/**
 * Gives an allowance another budget, or none. What was used so far stays used, and its sessions go on, unless the review
 * that follows every change finds the new budget used up.
 *
 * @throws ActionError `not-found` when the grant is gone, `invalid-body` for a grant that denies, or that serves one
 * connection only and is in use.
 */
export async function setBudget(
  broker: Broker,
  id: GrantId,
  budget: Budget | null,
): Promise<SetBudgetResult> {
  const openBefore = new Set([...broker.sessions.list()].map(({ session }) => session.id));
  budgetMeter(broker).countOpen();
  const grant = await transact(broker, () => {
    const stored = broker.store.get("grant", id);
    if (!stored) {
      throw new ActionError("not-found", "There is no such permission; it may have ended.");
    }
    const { budget: _, ...rest } = stored.record;
    requireBudgetable(stored.record);
    const next: Grant = {
      ...rest,
      id: broker.secrets.newId("grant"),
      requestId: null,
      replaces: id,
      ...(budget && { budget }),
    };
    const told = budget ? `Limited to ${budgetText(budget)}.` : "No longer limited.";
    return {
      batch: {
        checks: [
          { noun: "grant", id, version: stored.version },
          { noun: "grant", id: next.id, version: null },
        ],
        removals: [{ noun: "grant", id }],
        puts: [{ noun: "grant", id: next.id, record: next }, ...movedUse(broker, id, next.id)],
        history: [
          grantEnding(broker, stored.record, "grant-revoked", told),
          historyDraft(broker, "grant-created", "person", {
            app: broker.store.get("app", next.appId)?.record,
            capability: next.capability,
            target: next.target,
            message: `${next.target}: ${told}`,
            detail: { grant: { ...next } },
          }),
        ],
      },
      result: next,
    };
  });
  const closedSessions = [...openBefore].filter((open) => !broker.sessions.get(open));
  return { revoked: id, grant: grantView(broker, grant), closedSessions };
}

function requireBudgetable({ effect, spentBy }: Grant): void {
  const detail = effect === "deny"
    ? "Only an allowance has a budget."
    : "This permission serves one connection only, which is open.";
  if (effect === "allow" && spentBy === null) return;
  throw new ActionError("invalid-body", detail, { errors: [{ pointer: "/budget", detail }] });
}
