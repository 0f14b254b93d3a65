/** The person has seen what an app declares it will ask for. Nothing is allowed by it. @module */
import { newWishes, withSeenWishes } from "../core/manifest_changes.ts";
import type { App } from "../schema/app.ts";
import type { AppId } from "../schema/ids.ts";
import type { AppManifest } from "../schema/manifest.ts";
import { findApp } from "./find_app.ts";
import { historyDraft } from "./history_draft.ts";
import type { Broker, Put } from "./ports.ts";
import { transact } from "./transact.ts";

/**
 * Takes the declared wishes of an app as seen, so that only further ones are shown anew.
 *
 * @throws ActionError `not-found`.
 */
export function seeWishes(broker: Broker, appId: AppId): Promise<App> {
  return transact(broker, () => {
    const app = findApp(broker, appId);
    const stored = broker.store.get("manifest", appId);
    const count = stored ? newWishes(app, stored.record).length : 0;
    const seen = stored && withSeenWishes(stored.record);
    if (!stored || !seen || count === 0) return { batch: null, result: app };
    const message = `You saw what ${app.claims.name} newly says it will ask for.`;
    return {
      batch: {
        checks: [{ noun: "manifest", id: appId, version: stored.version }],
        puts: [seenPut(seen)],
        history: [historyDraft(broker, "wishes-seen", "person", { app, message })],
      },
      result: app,
    };
  });
}

/** Takes what an app declares as seen along with its installation; nothing where it declares nothing. */
export function wishesSeenAtInstallation(
  { store }: Pick<Broker, "store">,
  appId: AppId,
): Put[] {
  const record = store.get("manifest", appId)?.record;
  const seen = record && withSeenWishes(record);
  return seen ? [seenPut(seen)] : [];
}

function seenPut(record: AppManifest): Put {
  return { noun: "manifest", id: record.id, record };
}
