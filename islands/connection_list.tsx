/** The open connections, live: what each carries now, and in the last minute. @module */
import type { JSX } from "preact";
import { useRef, useState } from "preact/hooks";
import type { SessionView } from "../broker/schema/dashboard.ts";
import type { AppId } from "../broker/schema/ids.ts";
import type { Dashboard } from "../components/dashboard_model.ts";
import { EmptyState } from "../components/empty_state.tsx";
import { matchesFilter, updateRows } from "../components/session_rows.ts";
import { SessionTable } from "../components/session_table.tsx";
import { text } from "../components/text.ts";
import { sampleTraffic, type Traffic } from "../components/traffic.ts";
import { useNow } from "../components/use_now.ts";
import { useStage } from "../components/use_stage.ts";

/** What the island takes. */
export interface ConnectionListProps {
  readonly dashboard: Dashboard;
  /** Only this app's connections; null for all, with a filter. */
  readonly appId: AppId | null;
}

/** The table, or the truth that nothing is open. */
export default function ConnectionList({ dashboard, appId }: ConnectionListProps): JSX.Element {
  const stage = useStage(dashboard);
  const nowMs = useNow(dashboard);
  const snapshot = dashboard.snapshot.value;
  const rows = useRef<readonly SessionView[]>([]);
  const traffic = useRef<ReadonlyMap<string, Traffic>>(new Map());
  const [filter, setFilter] = useState("");

  const sessions = snapshot.sessions.filter((session) => appId === null || session.appId === appId);
  rows.current = updateRows(rows.current, { sessions, history: snapshot.history }, nowMs);
  // At the snapshot's time, not the clock's: that is when these counts were true.
  traffic.current = sampleTraffic(traffic.current, rows.current, snapshot.nowMs);
  const shown = rows.current.filter((row) => matchesFilter(row, filter));

  if (rows.current.length === 0) {
    return appId === null
      ? <EmptyState heading={text.connections.empty} hint={text.connections.emptyHint} />
      : <p class="muted none">{text.apps.noConnections}</p>;
  }
  return (
    <>
      {appId === null && (
        <input
          type="search"
          class="filter"
          aria-label={text.connections.filter}
          placeholder={text.connections.filterHint}
          value={filter}
          onInput={(event) => setFilter(event.currentTarget.value)}
        />
      )}
      {shown.length === 0
        ? <p class="muted none">{text.connections.noMatch}</p>
        : (
          <div class="group">
            <SessionTable
              sessions={shown}
              traffic={traffic.current}
              stage={stage}
              nowMs={nowMs}
              withApp={appId === null}
            />
          </div>
        )}
    </>
  );
}
