/** A page of the history; permissions that ended can be brought back from it. @module */
import type { JSX } from "preact";
import type { AppId } from "../broker/schema/ids.ts";
import { restoreGrant } from "../components/acts.ts";
import { type Dashboard, isInert } from "../components/dashboard_model.ts";
import { HistoryTable } from "../components/history_table.tsx";
import { ListHead, ListPager } from "../components/list_foot.tsx";
import { NoMatch } from "../components/no_match.tsx";
import { text } from "../components/text.ts";
import { useNow } from "../components/use_now.ts";
import { useStage } from "../components/use_stage.ts";

/** What the island takes. */
export interface HistoryListProps {
  readonly dashboard: Dashboard;
  /** On the page of one app, that app; null on the page of the whole history. */
  readonly appId: AppId | null;
}

/** The table, or the truth that nothing is there. */
export default function HistoryList({ dashboard, appId }: HistoryListProps): JSX.Element {
  const stage = useStage(dashboard);
  const nowMs = useNow(dashboard, 10_000);
  const { history } = dashboard.snapshot.value;
  const table = (
    <div class="group">
      <HistoryTable
        rows={history}
        nowMs={nowMs}
        withApp={appId === null}
        inert={isInert(dashboard)}
        onRestore={(row) => void restoreGrant(stage, row).catch(() => {})}
      />
    </div>
  );
  if (appId !== null) {
    return history.length === 0 ? <p class="muted none">{text.history.noMatch}</p> : table;
  }
  return (
    <>
      <ListHead dashboard={dashboard} page="history" shown={history.length} />
      {history.length === 0 ? <NoMatch page="history" /> : table}
      <ListPager dashboard={dashboard} page="history" />
    </>
  );
}
