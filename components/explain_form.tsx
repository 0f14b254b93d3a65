/** The form of the page Explain: a plain GET form, so that what was tried stands in the URL. @module */
import type { JSX } from "preact";
import { capabilities } from "../broker/schema/capability.ts";
import type { AppChoice } from "../broker/schema/dashboard.ts";
import type { ExplainQuery } from "../broker/schema/explanation.ts";
import { explainText } from "./explain_text.ts";
import { plainText } from "./plain_text.ts";
import { text } from "./text.ts";

/** What the form takes. */
export interface ExplainFormProps {
  readonly apps: readonly AppChoice[];
  readonly query: ExplainQuery;
}

/** Which app, what kind of access, where to. */
export function ExplainForm({ apps, query }: ExplainFormProps): JSX.Element {
  return (
    <form class="filter-form" method="get" action="/explain">
      <label>
        <span class="sub">{explainText.app}</span>
        <input
          type="text"
          name="app"
          list="apps"
          required
          maxLength={2048}
          placeholder={explainText.appHint}
          value={query.app}
        />
        <datalist id="apps">
          {apps.map((app) => <option key={app.id} value={app.id}>{plainText(app.name, 60)}
          </option>)}
        </datalist>
      </label>
      <label>
        <span class="sub">{explainText.capability}</span>
        <select name="capability">
          {capabilities.map((name) => (
            <option key={name} value={name} selected={name === query.capability}>
              {text.capability[name]}
            </option>
          ))}
        </select>
      </label>
      <label>
        <span class="sub">{explainText.targetForms}</span>
        <input
          type="text"
          class="mono"
          name="target"
          required
          maxLength={2048}
          autocomplete="off"
          autocapitalize="off"
          spellcheck={false}
          placeholder={explainText.targetHint}
          value={query.target}
        />
      </label>
      <label class="option">
        <input type="checkbox" name="secure" value="yes" checked={query.secure === "yes"} />
        {explainText.secure}
      </label>
      <button type="submit">{explainText.submit}</button>
    </form>
  );
}
