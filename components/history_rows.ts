/** Which history entries a page shows, and which of them can be undone. @module */
import { undoUnusedMs } from "../broker/core/unused_grants.ts";
import type { AppView, GrantView } from "../broker/schema/dashboard.ts";
import type { HistoryEntry } from "../broker/schema/history.ts";

/** What the stream brought since the page was read, before what was read; newest first. */
export function mergeEntries(
  read: readonly HistoryEntry[],
  streamed: readonly HistoryEntry[],
  appId: string | null,
): HistoryEntry[] {
  const newestRead = read[0]?.seq ?? 0;
  const added = streamed.filter((entry) =>
    entry.seq > newestRead && (appId === null || entry.appId === appId)
  );
  return [...added, ...read];
}

/**
 * The entries that can be undone: revocations, and for 30 days what ended for want of use. The permission is not there, its
 * time has not run out, and its app is installed. Of several ends of one permission, the newest.
 */
export function restorableSeqs(
  entries: readonly HistoryEntry[],
  grants: readonly Pick<GrantView, "id">[],
  apps: readonly Pick<AppView, "id" | "state">[],
  nowMs: number,
): Set<number> {
  const taken = new Set<string>(grants.map(({ id }) => id));
  const installed = new Set<string>(
    apps.filter(({ state }) => state === "installed").map(({ id }) => id),
  );
  const seqs = new Set<number>();
  for (const { kind, detail, seq, appId, atMs } of entries) {
    const grant = kind === "grant-revoked" || kind === "grant-expired"
      ? detail["grant"]
      : undefined;
    if (typeof grant !== "object" || grant === null || Array.isArray(grant)) continue;
    const { id, expiresAtMs, duration } = grant;
    if (kind === "grant-expired") {
      const always = isRecord(duration) && duration["kind"] === "always";
      if (!always || nowMs - atMs > undoUnusedMs) continue;
    }
    if (typeof id !== "string" || taken.has(id)) continue;
    taken.add(id);
    const over = typeof expiresAtMs === "number" && expiresAtMs <= nowMs;
    if (!over && appId !== null && installed.has(appId)) seqs.add(seq);
  }
  return seqs;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}
