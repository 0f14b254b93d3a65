/** A damaged store fails closed: nothing is reached until the person has seen what is lost. @module */
import type { Settings } from "../schema/settings.ts";
import { currentSettings } from "./current_settings.ts";
import { historyDraft } from "./history_draft.ts";
import type { Broker } from "./ports.ts";

/** What settings say of damage that the person has seen: nothing, when there is none. */
export function acceptedDamage(
  { store, secrets }: Pick<Broker, "store" | "secrets">,
): Pick<Settings, "acceptedDamage"> {
  if (store.damage.length === 0) return {};
  return { acceptedDamage: secrets.hash(JSON.stringify([...store.damage].sort())) };
}

/**
 * Locks a broker down whose store is damaged in a way that the person has not seen yet: what was lost may have been a
 * revocation, or the lockdown itself. Setting the mode goes on.
 */
export async function lockDownDamaged(broker: Broker): Promise<void> {
  const settings = currentSettings(broker);
  const seen = acceptedDamage(broker).acceptedDamage;
  if (seen === undefined || seen === settings.acceptedDamage) return;
  const lost = broker.store.damage.map((sentence) =>
    historyDraft(broker, "record-unreadable", "broker", { message: sentence.slice(0, 1000) })
  );
  await broker.store.commit({
    puts: [{ noun: "settings", id: "settings", record: { ...settings, mode: "lockdown" } }],
    history: [
      ...lost.slice(0, 100),
      historyDraft(broker, "mode-changed", "broker", {
        message: "Lockdown, because the store is damaged. Look at what is lost, then set the mode.",
      }),
    ],
  });
}
