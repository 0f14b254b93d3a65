/** One page of the history. @module */
import type { HistoryPage } from "../schema/admin_api.ts";
import type { HistoryQuery } from "../schema/list_query.ts";
import { historyMatch } from "./listed.ts";
import type { Broker } from "./ports.ts";

/** The entries that a query looks for, newest first, and where the next page begins. */
export async function historyPage(
  { store, clock }: Pick<Broker, "store" | "clock">,
  query: HistoryQuery,
): Promise<HistoryPage> {
  const { beforeSeq, limit } = query;
  const found = await store.history({
    ...historyMatch(query, clock.nowMs()),
    ...(beforeSeq && { beforeSeq }),
    limit: limit + 1,
  });
  const entries = found.slice(0, limit);
  return { entries, next: found.length > limit ? entries.at(-1)?.seq ?? null : null };
}
