import assert from "node:assert/strict";
import { budgetLine } from "../../components/budget_control.tsx";
import { type BudgetFields, budgetOf, fieldsOf } from "../../components/budget_fields.ts";
import { Budget } from "../../broker/schema/budget.ts";
import { imapGrant } from "./shown_views.ts";

Deno.test("a budget goes into the fields and comes back", () => {
  const rows: Budget[] = [
    { bytes: 5_000_000 },
    { bytes: 1_500_000, connections: 3 },
    { idleTimeoutMs: 90_000 },
    { bytes: 1, connections: 1, idleTimeoutMs: 60_000 },
  ];
  for (const budget of rows) assert.deepEqual(budgetOf(fieldsOf(budget)), budget);
  assert.equal(budgetOf(fieldsOf(undefined)), null);
});

Deno.test("the fields take exactly what a broker takes", () => {
  const empty = fieldsOf(undefined);
  const rows: [keyof BudgetFields, string, boolean][] = [
    ["megabytes", "0.000001", true],
    ["megabytes", "1000000000", true],
    ["megabytes", "1000000001", false],
    ["connections", "1000000000", true],
    ["connections", "1000000001", false],
    ["idleMinutes", String(1 / 60), true],
    ["idleMinutes", "0.01", false],
    ["idleMinutes", "10080", true],
    ["idleMinutes", "10081", false],
  ];
  for (const [field, value, isTaken] of rows) {
    const budget = budgetOf({ ...empty, [field]: value });
    assert.equal(budget !== undefined, isTaken, `${field} ${value}`);
    if (budget) assert.ok(Budget.safeParse(budget).success, `${field} ${value}`);
  }
});

Deno.test("what is no number above 0 is no budget", () => {
  const empty = fieldsOf(undefined);
  for (const text of ["0", "-1", "x", "1e400", "0.0000001", "9e15"]) {
    assert.equal(budgetOf({ ...empty, megabytes: text }), undefined, text);
  }
  assert.equal(budgetOf({ ...empty, connections: "0.4" }), undefined);
});

Deno.test("the line tells what was used of what", () => {
  const grant = imapGrant(1, {
    budget: { bytes: 5_000_000, connections: 10, idleTimeoutMs: 300_000 },
    budgetUse: { bytes: 1_200_000, connections: 2 },
  });
  assert.equal(
    budgetLine(grant),
    "1.2 MB of 5.0 MB used; 2 of 10 connections used; closed after 5 minutes without traffic",
  );
  assert.equal(budgetLine(imapGrant()), "");
});
