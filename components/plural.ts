/** Picks the plural form that a number asks for. @module */
import { language, type PluralForms } from "./text.ts";

const rules = new Intl.PluralRules(language);
const numbers = new Intl.NumberFormat(language);

/** The form of a catalogue entry for `n`, with `{n}` filled in. */
export function plural(n: number, forms: PluralForms): string {
  const category = rules.select(n);
  return (category === "one" ? forms.one : forms.other).replaceAll("{n}", numbers.format(n));
}
