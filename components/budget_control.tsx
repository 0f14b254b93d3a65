/** The limit of a permission: what was used of it, and the fields that set another one. @module */
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import type { GrantView } from "../broker/schema/dashboard.ts";
import { ActButton } from "./act_button.tsx";
import { setBudget, type Stage } from "./acts.ts";
import { type BudgetFields, budgetOf, fieldsOf } from "./budget_fields.ts";
import { BudgetInputs } from "./budget_inputs.tsx";
import { bytesText } from "./bytes_text.ts";
import { isInert } from "./dashboard_model.ts";
import { fillText } from "./phrase.ts";
import { plainText } from "./plain_text.ts";
import { targetText } from "./target_text.ts";
import { text } from "./text.ts";
import { spanText } from "./time_text.ts";

/** "1.2 MB of 5.0 MB used; 2 of 10 connections used; closed after 5 minutes without traffic". */
export function budgetLine({ budget, budgetUse }: GrantView): string {
  const words = text.budget;
  const { bytes, connections, idleTimeoutMs } = budget ?? {};
  const used = budgetUse ?? { bytes: 0, connections: 0 };
  return [
    bytes !== undefined &&
    fillText(words.bytes, { used: bytesText(used.bytes), all: bytesText(bytes) }),
    connections !== undefined &&
    fillText(words.connections, { used: String(used.connections), all: String(connections) }),
    idleTimeoutMs !== undefined && fillText(words.idle, { span: spanText(idleTimeoutMs) }),
  ].filter((part) => part !== false).join("; ");
}

/** Under a permission that allows: its limit as a line, which unfolds to be changed. */
export function BudgetControl(
  { grant, stage }: { readonly grant: GrantView; readonly stage: Stage },
): JSX.Element | null {
  const [fields, setFields] = useState<BudgetFields>(() => fieldsOf(grant.budget));
  if (grant.effect === "deny" || grant.spentBy !== null) return null;
  const words = text.budget;
  const budget = budgetOf(fields);
  const what = {
    target: targetText(grant.target, grant.capability),
    app: plainText(grant.appName, 60),
  };
  return (
    <details class="sub details">
      <summary aria-label={grant.budget ? undefined : fillText(words.setLabel, what)}>
        {grant.budget ? budgetLine(grant) : words.set}
      </summary>
      <BudgetInputs fields={fields} onChange={setFields} />
      <p class="note">{words.hint}</p>
      <ActButton
        class="small"
        inert={isInert(stage.dashboard) || budget === undefined}
        label={fillText(words.saveLabel, what)}
        onPress={() => {
          if (budget !== undefined) void setBudget(stage, grant, budget).catch(() => {});
        }}
      >
        {words.save}
      </ActButton>
    </details>
  );
}
