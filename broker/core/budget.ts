/** Whether the budget of a grant is used up. Pure: what was used is given. @module */
import type { Budget, BudgetUse } from "../schema/budget.ts";
import type { Grant } from "../schema/grant.ts";
import type { Question } from "./question.ts";

const nothing: BudgetUse = { bytes: 0, connections: 0 };
const number = new Intl.NumberFormat("en");

/** What a question knows of a grant's use. */
function useOf(grant: Grant, question: Question): BudgetUse {
  return question.budgetUses?.get(grant.id) ?? nothing;
}

/**
 * Whether nothing is left for what is asked. A session that is open was counted when it came to rest on the grant, so only
 * the bytes are held against it.
 */
export function isBudgetSpent(grant: Grant, question: Question): boolean {
  if (grant.budget === undefined) return false;
  const { bytes = Infinity, connections = Infinity } = grant.budget;
  const use = useOf(grant, question);
  const { sessionId, furtherTo } = question;
  const isCounted = sessionId !== null && (furtherTo?.includes(grant.id) ?? true);
  return use.bytes >= bytes || (!isCounted && use.connections >= connections);
}

/** What a budget allows, in words: "1,000 bytes, 5 connections". Empty where there is none. */
export function budgetText(budget: Budget | undefined): string {
  return [
    budget?.bytes !== undefined && `${number.format(budget.bytes)} bytes`,
    budget?.connections !== undefined && `${number.format(budget.connections)} connections`,
    budget?.idleTimeoutMs !== undefined && `${number.format(budget.idleTimeoutMs)} ms idle`,
  ].filter((part) => part !== false).join(", ");
}

/** What was used of it, in the same words. */
export function budgetUseText(grant: Grant, question: Question): string {
  if (grant.budget === undefined) return "";
  const { bytes, connections } = useOf(grant, question);
  return budgetText({
    ...(grant.budget.bytes !== undefined && { bytes }),
    ...(grant.budget.connections !== undefined && { connections }),
  }) || budgetText({ connections });
}
