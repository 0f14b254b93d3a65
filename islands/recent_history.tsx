/** What happened lately, under the requests: a few lines, and the way to the rest. @module */
import type { JSX } from "preact";
import type { Dashboard } from "../components/dashboard_model.ts";
import { HistoryTable } from "../components/history_table.tsx";
import { text } from "../components/text.ts";
import { useNow } from "../components/use_now.ts";

const shownEntries = 5;

/** The newest entries; nothing on a broker without history. */
export default function RecentHistory(
  { dashboard }: { readonly dashboard: Dashboard },
): JSX.Element | null {
  const nowMs = useNow(dashboard, 10_000);
  const entries = dashboard.snapshot.value.history.slice(0, shownEntries);
  if (entries.length === 0) return null;
  return (
    <section aria-labelledby="lately" class="lately">
      <h2 id="lately">{text.requests.recent}</h2>
      <div class="group">
        <HistoryTable rows={entries} nowMs={nowMs} withApp />
      </div>
      <p>
        <a href="/history">{text.requests.allHistory}</a>
      </p>
    </section>
  );
}
