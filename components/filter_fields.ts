/** Which filters each list has, and what they are called. @module */
import type { ListFacts } from "../broker/schema/dashboard.ts";
import type { ListPage } from "./list_query_text.ts";
import { plural } from "./plural.ts";
import { text } from "./text.ts";

/** One choice of a filter. */
export interface FilterChoice {
  readonly value: string;
  readonly label: string;
}

/** One filter: one of several choices, one of the apps, or a switch. */
export type FilterField =
  | {
    readonly kind: "choice";
    readonly name: string;
    readonly label: string;
    /** What it is called when nothing is chosen; null where something always is. */
    readonly any: string | null;
    readonly choices: readonly FilterChoice[];
  }
  | { readonly kind: "app"; readonly name: string; readonly label: string; readonly any: string }
  | {
    readonly kind: "switch";
    readonly name: string;
    readonly label: string;
    /** How many it would leave, where that is known: a switch that leaves none is not offered. */
    readonly leaves?: number;
  };

const words = text.list;

/** Choices of a catalogue entry, in its order. */
function choicesOf(entries: Readonly<Record<string, string>>): FilterChoice[] {
  return Object.entries(entries).map(([value, label]) => ({ value, label }));
}

function app(name: string): FilterField {
  return { kind: "app", name, label: words.app, any: words.anyApp };
}

const capability: FilterField = {
  kind: "choice",
  name: "capability",
  label: words.capability,
  any: words.anyCapability,
  choices: choicesOf(text.capability),
};

function choice(
  name: keyof typeof words.choices,
  any: string | null,
): FilterField {
  const { label, ...choices } = words.choices[name];
  return { kind: "choice", name, label, any, choices: choicesOf(choices) };
}

function counted(name: "unused" | "narrower", leaves: number): FilterField {
  return { kind: "switch", name, label: plural(leaves, words[name]), leaves };
}

function sort(page: "permissions" | "connections"): FilterField {
  const choices = choicesOf(words.sorts[page]);
  return { kind: "choice", name: "sort", label: words.sort, any: null, choices };
}

/** The filters of a list, in the order in which they stand. */
export function filterFields(page: ListPage, list: ListFacts | null): readonly FilterField[] {
  switch (page) {
    case "permissions":
      return [
        app("app"),
        choice("effect", words.anyEffect),
        capability,
        choice("duration", words.anyDuration),
        sort(page),
        counted("unused", list?.unused ?? 0),
        { kind: "switch", name: "broad", label: words.broad },
        counted("narrower", list?.narrower ?? 0),
      ];
    case "connections":
      return [app("app"), capability, sort(page)];
    case "history":
      return [app("appId"), kinds, choice("within", words.anyTime)];
  }
}

const kinds: FilterField = {
  kind: "choice",
  name: "kind",
  label: words.kind,
  any: words.anyKind,
  choices: [...choicesOf(words.groups), ...choicesOf(text.history.kinds)],
};
