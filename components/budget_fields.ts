/** The budget of a permission as three fields hold it: megabytes, connections, minutes; empty for none. @module */
import type { Budget } from "../broker/schema/budget.ts";

const megabyte = 1_000_000;
const minuteMs = 60_000;

/** What the fields hold. */
export interface BudgetFields {
  readonly megabytes: string;
  readonly connections: string;
  readonly idleMinutes: string;
}

/** The fields that show a budget. */
export function fieldsOf(budget: Budget | undefined): BudgetFields {
  const show = (value: number | undefined, unit: number) =>
    value === undefined ? "" : String(value / unit);
  return {
    megabytes: show(budget?.bytes, megabyte),
    connections: show(budget?.connections, 1),
    idleMinutes: show(budget?.idleTimeoutMs, minuteMs),
  };
}

/** The fields of no budget. */
export const noBudget: BudgetFields = { megabytes: "", connections: "", idleMinutes: "" };

/** The budget that the fields hold: null for none at all, undefined where a field holds no number that a budget may have. */
export function budgetOf(fields: BudgetFields): Budget | null | undefined {
  const bytes = read(fields.megabytes, megabyte, 1, 1e15);
  const connections = read(fields.connections, 1, 1, 1e9);
  const idleTimeoutMs = read(fields.idleMinutes, minuteMs, 1000, 7 * 24 * 60 * minuteMs);
  if (Number.isNaN(bytes) || Number.isNaN(connections) || Number.isNaN(idleTimeoutMs)) {
    return undefined;
  }
  const budget: Budget = {
    ...(bytes !== null && { bytes }),
    ...(connections !== null && { connections }),
    ...(idleTimeoutMs !== null && { idleTimeoutMs }),
  };
  return Object.keys(budget).length === 0 ? null : budget;
}

/** null when empty, NaN for what is no number within the bounds of the schema, else whole units. */
function read(text: string, unit: number, least: number, most: number): number | null {
  if (text.trim() === "") return null;
  const value = Math.round(Number(text) * unit);
  return value >= least && value <= most ? value : NaN;
}
