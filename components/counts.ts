/** The figures that the dashboard shows everywhere, and the sentence of the empty requests page. @module */
import type { DashboardSnapshot } from "../broker/schema/dashboard.ts";
import { pendingInstallations } from "./pending_installations.ts";
import { fillText } from "./phrase.ts";
import { plural } from "./plural.ts";
import { text } from "./text.ts";

/** Figures of a snapshot. */
export interface Counts {
  /** Cards that wait for an answer, those of installations and of pages included. */
  readonly waiting: number;
  readonly apps: number;
  readonly live: number;
  readonly permissions: number;
}

/** The figures of a snapshot. */
export function countsOf(
  { apps, requests, hostAccess, counts }: Pick<
    DashboardSnapshot,
    "apps" | "requests" | "hostAccess" | "counts"
  >,
): Counts {
  return {
    waiting: requests.length + hostAccess.length + pendingInstallations(apps).length,
    apps: counts.apps,
    live: counts.live,
    permissions: counts.grants,
  };
}

/** What holds while nothing waits: "Apps can reach only what you allowed: 12 permissions, 3 live connections." */
export function emptyTruth({ counts }: Pick<DashboardSnapshot, "counts">): string {
  const { allowed, live } = counts;
  if (allowed === 0 && live === 0) return text.requests.emptyNothing;
  return fillText(text.requests.emptyTruth, {
    permissions: plural(allowed, text.count.permissions),
    live: plural(live, text.count.live),
  });
}

/** The title of a page: "(3) Requests: Gatehouse". */
export function pageTitle(page: string, waiting: number): string {
  return waiting === 0
    ? fillText(text.title, { page })
    : fillText(text.titleWaiting, { n: waiting, page });
}
