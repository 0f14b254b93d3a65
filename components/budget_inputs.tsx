/** The three fields of a limit: in a permission's row, on a card, and in its plain form. @module */
import type { JSX } from "preact";
import type { BudgetFields } from "./budget_fields.ts";
import { text } from "./text.ts";

/** What the fields take. */
export interface BudgetInputsProps {
  readonly fields: BudgetFields;
  /** What a field is called in a form; absent where nothing is posted. */
  readonly name?: (field: string) => string;
  /** Absent in a form without script. */
  readonly onChange?: (fields: BudgetFields) => void;
}

/** Megabytes, connections, minutes; each may stay empty. */
export function BudgetInputs({ fields, name, onChange }: BudgetInputsProps): JSX.Element {
  const field = (key: keyof BudgetFields) => (
    <label>
      {text.budget.fields[key]}{" "}
      <input
        type="number"
        name={name?.(key)}
        min="0"
        step="any"
        value={fields[key]}
        onInput={(event) => onChange?.({ ...fields, [key]: event.currentTarget.value })}
      />
    </label>
  );
  return (
    <p class="fields">
      {field("megabytes")}
      {field("connections")}
      {field("idleMinutes")}
    </p>
  );
}
