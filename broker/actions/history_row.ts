/** An entry of the history as the dashboard lists it. @module */
import { restorableGrant } from "../core/restorable_grant.ts";
import type { HistoryRow } from "../schema/dashboard.ts";
import type { HistoryEntry } from "../schema/history.ts";
import type { GrantId } from "../schema/ids.ts";
import type { Broker } from "./ports.ts";

/** The row of an entry: what it says, and whether it can be undone now. */
export function historyRow(broker: Broker, entry: HistoryEntry): HistoryRow {
  const { v: _v, previousHash: _p, hash: _h, detail: _d, ...shown } = entry;
  return { ...shown, restores: restores(broker, entry) };
}

/** A grant can be brought back while it is gone, its time has not run out, and its app is installed. */
function restores({ store, clock }: Broker, entry: HistoryEntry): GrantId | null {
  const nowMs = clock.nowMs();
  const grant = restorableGrant(entry, nowMs);
  if (!grant || store.get("grant", grant.id)) return null;
  const over = grant.expiresAtMs !== null && grant.expiresAtMs <= nowMs;
  return over || store.get("app", grant.appId)?.record.state !== "installed" ? null : grant.id;
}
