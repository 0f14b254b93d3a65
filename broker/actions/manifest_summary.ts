/** The manifest of an app in short, as cards and lists show it. @module */
import { newWishes } from "../core/manifest_changes.ts";
import { wishKeys } from "../core/permission_wishes.ts";
import type { App } from "../schema/app.ts";
import type { ManifestSummary, PermissionWish, ShownWish } from "../schema/manifest.ts";
import type { Broker } from "./ports.ts";

const maxShownWishes = 12;
const maxTargetLength = 200;

/** The summary; null while no manifest was ever looked for. */
export function manifestSummary(
  { store }: Pick<Broker, "store">,
  app: App,
): ManifestSummary | null {
  const record = store.get("manifest", app.id)?.record;
  if (!record) return null;
  const { state, problem, checkedAtMs, verifiedAtMs, manifest, extensions } = record;
  const fresh = new Set(newWishes(app, record));
  const wishes = (manifest?.permission_requests ?? []).flatMap((wish) => shownWishes(wish, fresh));
  // New ones first: they are what a person is asked to look at.
  wishes.sort((a, b) => Number(b.isNew) - Number(a.isNew));
  return {
    state,
    problem,
    checkedAtMs,
    verifiedAtMs,
    name: manifest?.name ?? manifest?.short_name ?? null,
    nameFlags: manifest?.name_flags ?? [],
    manifestId: manifest?.id ?? null,
    scope: manifest?.scope ?? null,
    extensions: extensions.map(({ origin, state, lostAtMs }) => ({ origin, state, lostAtMs })),
    wishes: wishes.slice(0, maxShownWishes),
    wishCount: wishes.length,
    newWishCount: fresh.size,
  };
}

function shownWishes(wish: PermissionWish, fresh: ReadonlySet<string>): ShownWish[] {
  const { capability, targets, reason } = wish;
  return targets.map((target) => ({
    capability,
    target: target.length <= maxTargetLength ? target : `${target.slice(0, maxTargetLength - 1)}…`,
    reason,
    isNew: wishKeys([{ ...wish, targets: [target] }]).some((key) => fresh.has(key)),
  }));
}
