/** Third-party frames: a page inside another site's page uses the network only if that site lets it (design section 11). @module */
import type { App } from "../schema/app.ts";
import type { FrameAncestry } from "../schema/frame.ts";

/** What an embedding app is judged by. */
export type Embedder = Pick<App, "origin" | "state" | "pausedAtMs" | "claims">;

/**
 * Whether a page is framed by somebody who has not let it: every page around it must be of its own origin, or of an
 * installed app that names its origin among its `frames`. The page says itself where it runs, so this does not bind a
 * page that lies; it keeps an app that is embedded against its will from acting for whoever embeds it.
 *
 * @param origin The framed app's own origin; null for a program, which nobody trusts with frames.
 */
export function isThirdPartyFrame(
  origin: string | null,
  { ancestors }: FrameAncestry,
  apps: Iterable<Embedder>,
): boolean {
  const others = new Set(ancestors.filter((ancestor) => ancestor !== origin));
  if (others.size === 0) return false;
  for (const app of apps) {
    if (app.origin !== null && letsFrame(app, origin)) others.delete(app.origin);
  }
  return others.size > 0;
}

function letsFrame({ state, pausedAtMs, claims }: Embedder, origin: string | null): boolean {
  return origin !== null && state === "installed" && pausedAtMs === null &&
    (claims.frames ?? []).includes(origin);
}
