/** The settings in force. @module */
import { defaultSettings, type Settings } from "../schema/settings.ts";
import type { Broker } from "./ports.ts";

/** What the person has set, or the defaults. */
export function currentSettings(broker: Pick<Broker, "store">): Settings {
  return broker.store.get("settings", "settings")?.record ?? defaultSettings;
}
