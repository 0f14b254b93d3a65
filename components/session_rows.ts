/** The rows of the connections page: what is open, and for a while what was closed, with the reason. @module */
import type { SessionView } from "../broker/schema/dashboard.ts";
import type { HistoryEntry } from "../broker/schema/history.ts";
import type { SessionError } from "../broker/schema/session.ts";

/** How long a closed row stays. */
export const closedRowMs = 60_000;

/** What rows are made from. */
export interface RowSources {
  readonly sessions: readonly SessionView[];
  /** Newest first: it tells how a session that is gone was closed. */
  readonly history: readonly HistoryEntry[];
}

/**
 * The rows after the stream brought something: those shown before in their places, new ones at the end. A session that
 * is gone from the stream is closed: its line in the history says when, why, and with what figures; until that line
 * comes, it counts as closed now.
 */
export function updateRows(
  rows: readonly SessionView[],
  { sessions, history }: RowSources,
  nowMs: number,
): SessionView[] {
  const live = new Map(sessions.map((session) => [session.id, session]));
  const standing = rows.map((row) => {
    const session = live.get(row.id) ?? closedRow(row, history, nowMs);
    live.delete(row.id);
    return session;
  });
  return [...standing, ...live.values()].filter(({ closedAtMs }) =>
    closedAtMs === null || nowMs - closedAtMs < closedRowMs
  );
}

function closedRow(
  row: SessionView,
  history: readonly HistoryEntry[],
  nowMs: number,
): SessionView {
  const end = history.find(({ kind, detail }) =>
    kind === "session-closed" && detail["sessionId"] === row.id
  );
  if (end === undefined) return { ...row, closedAtMs: row.closedAtMs ?? nowMs };
  const { bytesSent, bytesReceived, error } = end.detail;
  return {
    ...row,
    closedAtMs: end.atMs,
    bytesSent: typeof bytesSent === "number" ? bytesSent : row.bytesSent,
    bytesReceived: typeof bytesReceived === "number" ? bytesReceived : row.bytesReceived,
    // The broker wrote it by the schema of a session's error.
    error: (error ?? null) as SessionError | null,
  };
}

/** Whether a session is open. */
export function isOpen(session: Pick<SessionView, "closedAtMs">): boolean {
  return session.closedAtMs === null;
}

/** The sessions that match what was typed: part of the app's name, target or address. */
export function matchesFilter(
  row: {
    readonly appName: string;
    readonly target: string;
    readonly remoteAddress?: string | null;
  },
  filter: string,
): boolean {
  const words = filter.toLowerCase().split(/\s+/).filter((word) => word !== "");
  const shown = `${row.appName} ${row.target} ${row.remoteAddress ?? ""}`.toLowerCase();
  return words.every((word) => shown.includes(word));
}
