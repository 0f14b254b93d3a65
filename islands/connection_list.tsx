/** The open connections, live: what each carries now, and in the last minute. @module */
import type { JSX } from "preact";
import { useRef } from "preact/hooks";
import type { AppId } from "../broker/schema/ids.ts";
import type { Dashboard } from "../components/dashboard_model.ts";
import { EmptyState } from "../components/empty_state.tsx";
import { ListHead, ListPager } from "../components/list_foot.tsx";
import { NoMatch } from "../components/no_match.tsx";
import { isOpen, shownRows } from "../components/session_rows.ts";
import { SessionTable } from "../components/session_table.tsx";
import { text } from "../components/text.ts";
import { sampleTraffic, type Traffic } from "../components/traffic.ts";
import { useNow } from "../components/use_now.ts";
import { useStage } from "../components/use_stage.ts";

/** What the island takes. */
export interface ConnectionListProps {
  readonly dashboard: Dashboard;
  /** On the page of one app, that app; null on the page of all connections. */
  readonly appId: AppId | null;
}

/** The table, or the truth that nothing is open. */
export default function ConnectionList({ dashboard, appId }: ConnectionListProps): JSX.Element {
  const stage = useStage(dashboard);
  const nowMs = useNow(dashboard);
  const snapshot = dashboard.snapshot.value;
  const traffic = useRef<ReadonlyMap<string, Traffic>>(new Map());
  const rows = shownRows(snapshot.sessions, nowMs);
  // At the snapshot's time, not the clock's: that is when these counts were true.
  traffic.current = sampleTraffic(traffic.current, rows, snapshot.nowMs);
  const table = (
    <div class="group">
      <SessionTable
        sessions={rows}
        traffic={traffic.current}
        stage={stage}
        nowMs={nowMs}
        withApp={appId === null}
      />
    </div>
  );
  if (appId !== null) {
    return rows.length === 0 ? <p class="muted none">{text.apps.noConnections}</p> : table;
  }
  if (rows.length === 0 && snapshot.list?.total === 0) {
    return <EmptyState heading={text.connections.empty} hint={text.connections.emptyHint} />;
  }
  return (
    <>
      <ListHead
        dashboard={dashboard}
        page="connections"
        shown={rows.filter(isOpen).length}
      />
      {rows.length === 0 ? <NoMatch page="connections" /> : table}
      <ListPager dashboard={dashboard} page="connections" />
    </>
  );
}
