/** A page of the history; the newest page grows as things happen. Revocations can be undone from it. @module */
import type { JSX } from "preact";
import type { HistoryEntry } from "../broker/schema/history.ts";
import type { AppId } from "../broker/schema/ids.ts";
import { restoreGrant } from "../components/acts.ts";
import { type Dashboard, isInert } from "../components/dashboard_model.ts";
import { HistoryTable } from "../components/history_table.tsx";
import { mergeEntries, restorableSeqs } from "../components/history_rows.ts";
import { text } from "../components/text.ts";
import { useNow } from "../components/use_now.ts";
import { useStage } from "../components/use_stage.ts";

/** What the island takes. */
export interface HistoryListProps {
  readonly dashboard: Dashboard;
  /** The entries of this page, newest first, as they were read. */
  readonly entries: readonly HistoryEntry[];
  /** Only this app's entries; null for all. */
  readonly appId: AppId | null;
  /** Whether this is the newest page, which grows. */
  readonly newest: boolean;
}

/** The table, or the truth that nothing is there. */
export default function HistoryList(props: HistoryListProps): JSX.Element {
  const { dashboard, appId, newest } = props;
  const stage = useStage(dashboard);
  const nowMs = useNow(dashboard, 10_000);
  const { history, grants, apps } = dashboard.snapshot.value;
  const entries = newest ? mergeEntries(props.entries, history, appId) : props.entries;
  if (entries.length === 0) return <p class="muted none">{text.history.noMatch}</p>;
  const restorable = restorableSeqs(entries, grants, apps, nowMs);
  return (
    <div class="group">
      <HistoryTable
        entries={entries}
        nowMs={nowMs}
        withApp={appId === null}
        inert={isInert(dashboard)}
        isRestorable={({ seq }) => restorable.has(seq)}
        onRestore={(entry) => void restoreGrant(stage, entry).catch(() => {})}
      />
    </div>
  );
}
