/** What the person sets beside the mode: the duration that cards start with, and how soon a question is put no more. @module */
import { settingsInForce } from "../core/settings_in_force.ts";
import type { Settings, SettingsChange, SettingsView } from "../schema/settings.ts";
import { ActionError } from "./action_error.ts";
import { currentSettings } from "./current_settings.ts";
import type { Broker } from "./ports.ts";
import { setMode } from "./set_mode.ts";
import { transact } from "./transact.ts";

const names = ["cardDuration", "quieting"] as const;

/** What holds now, and where each setting is from. */
export function settingsView(broker: Broker): SettingsView {
  return settingsInForce(currentSettings(broker), broker.policy.current());
}

/**
 * Changes what the change names, and leaves the rest.
 *
 * @throws ActionError `set-by-policy` when the organisation locks what is to be changed; then nothing is.
 */
export async function changeSettings(
  broker: Broker,
  { mode, ...change }: SettingsChange,
): Promise<SettingsView> {
  const locked = names.filter((name) =>
    change[name] !== undefined && broker.policy.current().settings[name]?.locked
  );
  if (locked.length > 0) {
    const who = broker.policy.current().managedBy ?? "Your organisation";
    const detail = `${who} sets this.`;
    throw new ActionError("set-by-policy", detail, {
      errors: locked.map((name) => ({ pointer: `/${name}`, detail })),
    });
  }
  if (mode !== undefined) await setMode(broker, mode);
  await transact(broker, () => {
    const stored = broker.store.get("settings", "settings");
    const settings = changed(currentSettings(broker), change);
    return {
      batch: {
        checks: [{ noun: "settings", id: "settings", version: stored?.version ?? null }],
        puts: [{ noun: "settings", id: "settings", record: settings }],
      },
      result: settings,
    };
  });
  return settingsView(broker);
}

function changed(
  { cardDuration, quieting, ...others }: Settings,
  change: Omit<SettingsChange, "mode">,
): Settings {
  const next = {
    cardDuration: change.cardDuration === undefined ? cardDuration : change.cardDuration,
    quieting: change.quieting === undefined ? quieting : change.quieting,
  };
  return {
    ...others,
    ...(next.cardDuration && { cardDuration: next.cardDuration }),
    ...(next.quieting && { quieting: next.quieting }),
  };
}
