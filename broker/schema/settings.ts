/** What the person sets for the whole broker. @module */
import { z } from "zod";

/** How questions are met: `ask` shows them, `quiet` denies and records them, `lockdown` also closes everything open. */
export const Mode = z.enum(["ask", "quiet", "lockdown"]);
/** How questions are met. */
export type Mode = z.infer<typeof Mode>;

/** The person's settings, as they are stored. */
export const Settings = z.strictObject({
  v: z.literal(1),
  mode: Mode,
  /** A digest of the damage to the store that the person has seen, and went on with. */
  acceptedDamage: z.string().optional(),
});
/** The person's settings. */
export type Settings = z.infer<typeof Settings>;

/** The settings of a broker that was never set. */
export const defaultSettings: Settings = { v: 1, mode: "ask" };
