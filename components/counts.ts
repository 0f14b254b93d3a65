/** The figures that the dashboard shows everywhere, and the sentence of the empty requests page. @module */
import type { DashboardSnapshot } from "../broker/schema/dashboard.ts";
import { pendingInstallations } from "./pending_installations.ts";
import { fillText } from "./phrase.ts";
import { plural } from "./plural.ts";
import { isOpen } from "./session_rows.ts";
import { text } from "./text.ts";

/** Figures of a snapshot. */
export interface Counts {
  /** Cards that wait for an answer, installations included. */
  readonly waiting: number;
  readonly apps: number;
  readonly live: number;
  readonly permissions: number;
}

/** The figures of a snapshot. */
export function countsOf(
  { apps, requests, grants, sessions }: Pick<
    DashboardSnapshot,
    "apps" | "requests" | "grants" | "sessions"
  >,
): Counts {
  return {
    waiting: requests.length + pendingInstallations(apps).length,
    apps: apps.length,
    live: sessions.filter(isOpen).length,
    permissions: grants.length,
  };
}

/** What holds while nothing waits: "Apps can reach only what you allowed: 12 permissions, 3 live connections." */
export function emptyTruth(
  { grants, sessions }: Pick<DashboardSnapshot, "grants" | "sessions">,
): string {
  const allowed = grants.filter(({ effect }) => effect === "allow").length;
  const live = sessions.filter(isOpen).length;
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
