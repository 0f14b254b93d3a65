/** What the fields of the settings say, read from a form that was sent: by script, or without it. @module */
import type { CardDuration, Quieting, SettingsChange } from "../broker/schema/settings.ts";
import { appearances, type BrowserChoices } from "./browser_choices.ts";
import { isDurationChoice, untilDate } from "./duration_text.ts";
import { text } from "./text.ts";

/** What a form of settings changes. */
export interface WrittenSettings {
  /** For the broker. */
  readonly change: SettingsChange;
  /** For the browser that sent it. */
  readonly browser: BrowserChoices;
}

/** Reads the fields. A locked setting has none, and so is not changed; an empty one goes back to the default. */
export function readSettings(
  fields: { get(name: string): FormDataEntryValue | null },
): WrittenSettings {
  const cardDuration = fields.get("cardDuration");
  const quieting = fields.get("quieting");
  return {
    change: {
      ...(isCardDuration(cardDuration) && { cardDuration }),
      ...(cardDuration === "" && { cardDuration: null }),
      ...(isQuieting(quieting) && { quieting }),
    },
    browser: {
      appearance: appearances.find((name) => name === fields.get("appearance")) ?? "system",
      shortcuts: fields.get("shortcuts") === "on",
    },
  };
}

function isCardDuration(value: unknown): value is CardDuration {
  return isDurationChoice(value) && value !== "always" && value !== untilDate;
}

function isQuieting(value: unknown): value is Quieting {
  return typeof value === "string" && Object.hasOwn(text.settings.quietings, value);
}
