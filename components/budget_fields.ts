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

/** The budget that the fields hold: null for none at all, undefined where a field holds no number above 0. */
export function budgetOf(fields: BudgetFields): Budget | null | undefined {
  const bytes = read(fields.megabytes, megabyte);
  const connections = read(fields.connections, 1);
  const idleTimeoutMs = read(fields.idleMinutes, minuteMs);
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

/** null when empty, NaN for what is no number above 0, else whole units. */
function read(text: string, unit: number): number | null {
  if (text.trim() === "") return null;
  const value = Math.round(Number(text) * unit);
  return value > 0 && Number.isSafeInteger(value) ? value : NaN;
}
