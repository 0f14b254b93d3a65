/** Search, filters and order of a list: a plain GET form, which with script filters as one types. @module */
import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import type { AppChoice } from "../broker/schema/dashboard.ts";
import type { DashboardView } from "../broker/schema/list_query.ts";
import type { Dashboard } from "../components/dashboard_model.ts";
import { type FilterField, filterFields } from "../components/filter_fields.ts";
import {
  type ListPage,
  listUrl,
  type QueryFields,
  queryOf,
} from "../components/list_query_text.ts";
import { plainText } from "../components/plain_text.ts";
import { text } from "../components/text.ts";

/** The first letter is sent at once; while one types on, what was typed in so long is sent together. */
const settleMs = 120;

/** What the island takes. */
export interface ListFilterProps {
  readonly dashboard: Dashboard;
  readonly page: ListPage;
  readonly apps: readonly AppChoice[];
}

/** The form. What is chosen stands in the URL, so that it can be kept, shared and gone back to. */
export default function ListFilter({ dashboard, page, apps }: ListFilterProps): JSX.Element | null {
  const form = useRef<HTMLFormElement>(null);
  const timer = useRef<ReturnType<typeof setTimeout>>();
  const appliedMs = useRef(-Infinity);
  const query = queryOf(dashboard.view.value);
  const list = dashboard.snapshot.value.list;
  useEffect(() => () => clearTimeout(timer.current), []);

  const apply = () => {
    clearTimeout(timer.current);
    if (form.current === null) return;
    appliedMs.current = performance.now();
    const fields: Record<string, string> = {};
    for (const [name, value] of new FormData(form.current)) {
      if (typeof value === "string" && value.trim() !== "") fields[name] = value;
    }
    history.replaceState(null, "", listUrl(page, fields));
    // The broker reads it strictly, and fills in what is not said.
    dashboard.view.value = { page, query: fields } as unknown as DashboardView;
  };
  const applySoon = () => {
    clearTimeout(timer.current);
    const sinceMs = performance.now() - appliedMs.current;
    timer.current = setTimeout(apply, Math.max(0, settleMs - sinceMs));
  };

  const isEmpty = page !== "history" && list?.total === 0 && list.arrived === 0;
  // Nothing to look through.
  if (isEmpty && Object.keys(query).every((name) => name === "sort" || name === "limit")) {
    return null;
  }
  return (
    <form
      ref={form}
      class="filter-form"
      role="search"
      method="get"
      action={`/${page}`}
      aria-label={text[page].filter}
      onSubmit={(event) => {
        event.preventDefault();
        apply();
      }}
    >
      <input
        type="search"
        class="filter"
        name="q"
        maxLength={200}
        aria-label={text[page].filter}
        placeholder={text[page].filterHint}
        defaultValue={String(query["q"] ?? "")}
        onInput={applySoon}
      />
      {filterFields(page, list).filter((field) => isOffered(field, query)).map((field) => (
        <Field
          key={field.name}
          field={field}
          apps={apps}
          chosen={query[field.name]}
          apply={apply}
        />
      ))}
      <noscript>
        <button type="submit">{text.list.show}</button>
      </noscript>
    </form>
  );
}

/** Whether a filter could do something, or does. */
function isOffered(field: FilterField, query: QueryFields): boolean {
  return field.kind !== "switch" || field.leaves !== 0 || query[field.name] !== undefined;
}

interface FieldProps {
  readonly field: FilterField;
  readonly apps: readonly AppChoice[];
  readonly chosen: unknown;
  readonly apply: () => void;
}

function Field({ field, apps, chosen, apply }: FieldProps): JSX.Element {
  if (field.kind === "switch") {
    return (
      <label class="pick">
        <input
          type="checkbox"
          name={field.name}
          value="yes"
          defaultChecked={chosen === "yes"}
          onChange={apply}
        />
        {field.label}
      </label>
    );
  }
  const choices = field.kind === "app"
    ? apps.map(({ id, name }) => ({ value: id, label: plainText(name, 60) || "?" }))
    : field.choices;
  const known = chosen === undefined || choices.some(({ value }) => value === chosen);
  return (
    <select name={field.name} aria-label={field.label} onChange={apply}>
      {field.any !== null && <option value="">{field.any}</option>}
      {!known && <option value={String(chosen)} selected>{text.list.goneApp}</option>}
      {choices.map(({ value, label }) => (
        <option key={value} value={value} selected={value === chosen}>{label}</option>
      ))}
    </select>
  );
}
