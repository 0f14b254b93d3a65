/** The apps, live. @module */
import type { JSX } from "preact";
import { AppTable } from "../components/app_table.tsx";
import type { Dashboard } from "../components/dashboard_model.ts";
import { EmptyState } from "../components/empty_state.tsx";
import { text } from "../components/text.ts";
import { useNow } from "../components/use_now.ts";

/** The table of apps, or the truth that none has asked. */
export default function AppList({ dashboard }: { readonly dashboard: Dashboard }): JSX.Element {
  const nowMs = useNow(dashboard, 10_000);
  const { apps, liveCounts } = dashboard.snapshot.value;
  if (apps.length === 0) {
    return <EmptyState heading={text.apps.empty} hint={text.apps.emptyHint} />;
  }
  return (
    <div class="group">
      <AppTable apps={apps} liveCounts={liveCounts} nowMs={nowMs} />
    </div>
  );
}
