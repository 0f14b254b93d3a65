/** The mode: how questions are met, for all apps at once. @module */
import type { Mode, Settings } from "../schema/settings.ts";
import { historyDraft } from "./history_draft.ts";
import { acceptedDamage } from "./lock_down_damaged.ts";
import { currentSettings } from "./current_settings.ts";
import type { Broker } from "./ports.ts";
import { transact } from "./transact.ts";

const meaning: Record<Mode, string> = {
  ask: "Asking again: requests are shown.",
  quiet: "Quiet: requests are refused and kept in the history; what is allowed goes on.",
  lockdown: "Lockdown: everything is refused, and everything open was closed.",
};

/** Sets the mode, and with it goes on with what is damaged, if anything is. The review that follows every change closes what `lockdown` no longer allows. */
export function setMode(broker: Broker, mode: Mode): Promise<Settings> {
  return transact(broker, () => {
    const stored = broker.store.get("settings", "settings");
    const before = currentSettings(broker);
    const settings: Settings = { ...before, mode, ...acceptedDamage(broker) };
    if (before.mode === mode) return { batch: null, result: settings };
    return {
      batch: {
        checks: [{ noun: "settings", id: "settings", version: stored?.version ?? null }],
        puts: [{ noun: "settings", id: "settings", record: settings }],
        history: [historyDraft(broker, "mode-changed", "person", { message: meaning[mode] })],
      },
      result: settings,
    };
  });
}
