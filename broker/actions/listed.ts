/** Every grant and every open session with what it is found by. @module */
import type { ListedGrant } from "../core/grant_list.ts";
import { type HistoryMatch, wordsOf } from "../core/history_match.ts";
import type { ListedSession } from "../core/session_list.ts";
import type { Grant } from "../schema/grant.ts";
import { historyGroups, type HistoryQuery, historySpans } from "../schema/list_query.ts";
import type { HistoryKind } from "../schema/history.ts";
import type { SessionCounts } from "./grant_view.ts";
import type { Broker } from "./ports.ts";

/** Names of apps by id; an app that is gone has none. */
function appNames({ store }: Pick<Broker, "store">): Map<string, string> {
  return new Map([...store.list("app")].map(({ id, claims }) => [id, claims.name]));
}

/** Every grant. */
export function listedGrants(broker: Broker, counts: SessionCounts): ListedGrant[] {
  const names = appNames(broker);
  return [...broker.store.list("grant")].map((grant) => ({
    grant,
    appName: names.get(grant.appId) ?? "",
    use: broker.store.get("grantUse", grant.id)?.record,
    open: (counts.get(grant.id) ?? 0) > 0,
  }));
}

/** One grant. */
export function listedGrant(broker: Broker, grant: Grant, counts: SessionCounts): ListedGrant {
  return {
    grant,
    appName: broker.store.get("app", grant.appId)?.record.claims.name ?? "",
    use: broker.store.get("grantUse", grant.id)?.record,
    open: (counts.get(grant.id) ?? 0) > 0,
  };
}

/** Every open session. */
export function listedSessions(broker: Broker): ListedSession[] {
  const names = appNames(broker);
  return [...broker.sessions.list()].map(({ session }) => ({
    session,
    appName: names.get(session.appId) ?? "",
  }));
}

/** What of the history a query looks for, seen from this moment. */
export function historyMatch(
  { appId, kind, within, q }: Pick<HistoryQuery, "appId" | "kind" | "within" | "q">,
  nowMs: number,
): HistoryMatch {
  return {
    ...(appId && { appId }),
    ...(kind && { kinds: kindsOf(kind) }),
    ...(within && { fromMs: nowMs - historySpans[within] }),
    ...(q && { words: wordsOf(q) }),
  };
}

function kindsOf(kind: NonNullable<HistoryQuery["kind"]>): readonly HistoryKind[] {
  return Object.hasOwn(historyGroups, kind)
    ? historyGroups[kind as keyof typeof historyGroups]
    : [kind as HistoryKind];
}
