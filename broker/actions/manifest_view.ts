/** The manifest of an app whole, as its page shows it. @module */
import type { AppId } from "../schema/ids.ts";
import type { ManifestView } from "../schema/manifest.ts";
import { findApp } from "./find_app.ts";
import type { Broker } from "./ports.ts";

/**
 * What is known of an app's manifest.
 *
 * @throws ActionError `not-found` when there is no such app.
 */
export function manifestView(broker: Pick<Broker, "store">, appId: AppId): ManifestView {
  findApp(broker, appId);
  const record = broker.store.get("manifest", appId)?.record;
  if (!record) return { manifest: null };
  const { v: _, id: __, ...manifest } = record;
  return { manifest };
}
