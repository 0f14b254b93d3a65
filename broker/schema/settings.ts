/** What the person sets for the whole broker, and what the organisation says to it. @module */
import { z } from "zod";

/** How questions are met: `ask` shows them, `quiet` denies and records them, `lockdown` also closes everything open. */
export const Mode = z.enum(["ask", "quiet", "lockdown"]);
/** How questions are met. */
export type Mode = z.infer<typeof Mode>;

/** The duration that a card starts with. Never `always`, nor a date: those are chosen anew each time. */
export const CardDuration = z.enum([
  "until-app-closes",
  "once",
  "10-minutes",
  "1-hour",
  "1-day",
]);
/** The duration that a card starts with. */
export type CardDuration = z.infer<typeof CardDuration>;

/** How soon a question that is put off again and again is not put for a while. */
export const Quieting = z.enum(["usual", "sooner", "never"]);
/** How soon a question is not put for a while. */
export type Quieting = z.infer<typeof Quieting>;

/** The person's settings, as they are stored. What is absent was never set. */
export const Settings = z.strictObject({
  v: z.literal(1),
  mode: Mode,
  cardDuration: CardDuration.optional(),
  quieting: Quieting.optional(),
  /** A digest of the damage to the store that the person has seen, and went on with. */
  acceptedDamage: z.string().optional(),
});
/** The person's settings. */
export type Settings = z.infer<typeof Settings>;

/** The settings of a broker that was never set. */
export const defaultSettings: Settings = { v: 1, mode: "ask" };

/** `PUT /settings`: what is left out stays as it is; null goes back to the default. */
export const SettingsChange = z.strictObject({
  mode: Mode.optional(),
  cardDuration: CardDuration.nullable().optional(),
  quieting: Quieting.nullable().optional(),
});
/** `PUT /settings`. */
export type SettingsChange = z.infer<typeof SettingsChange>;

/** One setting: what holds, what the person chose, and what the organisation says. */
function inForce<Value extends z.ZodType>(value: Value) {
  return z.strictObject({
    value,
    /** What the person chose; null where they chose nothing. Kept while the organisation's holds. */
    own: value.nullable(),
    /** What the organisation says: as a default that the person's may differ from, or locked. */
    organisation: z.strictObject({ value, locked: z.boolean() }).nullable(),
  });
}

/** Answer to `GET /settings`. */
export const SettingsView = z.strictObject({
  mode: Mode,
  cardDuration: inForce(CardDuration),
  quieting: inForce(Quieting),
});
/** Answer to `GET /settings`. */
export type SettingsView = z.infer<typeof SettingsView>;
