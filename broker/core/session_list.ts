/** The list of open sessions: which of them a person looks for, and in which order. @module */
import type { SessionQuery } from "../schema/list_query.ts";
import type { Session } from "../schema/session.ts";
import { wordsOf } from "./history_match.ts";
import { type ListPage, type Order, pageOf } from "./list_page.ts";

/** A session with what it is found by. */
export interface ListedSession {
  readonly session: Session;
  readonly appName: string;
}

/** A page of the list, and how many there are. */
export interface SessionListing extends ListPage<ListedSession> {
  readonly total: number;
  readonly matching: number;
}

/** The page that a query asks for. Bytes move while one turns pages: in that order, a row may come twice or not at all. */
export function listSessions(
  sessions: readonly ListedSession[],
  query: SessionQuery,
): SessionListing {
  const words = wordsOf(query.q ?? "");
  const found = sessions.filter((row) => matchesSession(row, query, words));
  return {
    ...pageOf(found, orders[query.sort], query),
    total: sessions.length,
    matching: found.length,
  };
}

/** Whether a session is looked for. */
export function matchesSession(
  { session, appName }: ListedSession,
  { app, capability }: SessionQuery,
  words: readonly string[],
): boolean {
  if (app !== undefined && session.appId !== app) return false;
  if (capability !== undefined && session.capability !== capability) return false;
  if (words.length === 0) return true;
  const text = `${appName} ${session.target} ${session.remoteAddress ?? ""}`.toLowerCase();
  return words.every((word) => text.includes(word));
}

const idOf = ({ session }: ListedSession) => session.id;
const byAge = (descending: boolean): Order<ListedSession> => ({
  keyOf: ({ session }) => session.openedAtMs,
  idOf,
  descending,
});

const orders: Readonly<Record<SessionQuery["sort"], Order<ListedSession>>> = {
  oldest: byAge(false),
  newest: byAge(true),
  app: { keyOf: ({ appName }) => appName.toLowerCase(), idOf, descending: false },
  target: { keyOf: ({ session }) => session.target, idOf, descending: false },
  "most-bytes": {
    keyOf: ({ session }) => session.bytesSent + session.bytesReceived,
    idOf,
    descending: true,
  },
};
