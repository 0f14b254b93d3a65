/** The permissions, live: each can be revoked, which closes what it alone allows. @module */
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import type { AppId } from "../broker/schema/ids.ts";
import type { Dashboard } from "../components/dashboard_model.ts";
import { EmptyState } from "../components/empty_state.tsx";
import { GrantTable } from "../components/grant_table.tsx";
import { matchesFilter } from "../components/session_rows.ts";
import { plural } from "../components/plural.ts";
import { text } from "../components/text.ts";
import { useNow } from "../components/use_now.ts";
import { useStage } from "../components/use_stage.ts";

/** What the island takes. */
export interface PermissionListProps {
  readonly dashboard: Dashboard;
  /** Only this app's permissions; null for all, with a filter. */
  readonly appId: AppId | null;
}

/** The table, newest first, or the truth that nothing is allowed. */
export default function PermissionList({ dashboard, appId }: PermissionListProps): JSX.Element {
  const stage = useStage(dashboard);
  const nowMs = useNow(dashboard, 10_000);
  const [filter, setFilter] = useState("");
  const [unusedOnly, setUnusedOnly] = useState(false);
  const grants = dashboard.snapshot.value.grants
    .filter((grant) => appId === null || grant.appId === appId)
    .sort((a, b) => b.createdAtMs - a.createdAtMs);
  const unused = grants.filter((grant) => grant.unused).length;
  const shown = grants.filter((grant) =>
    matchesFilter(grant, filter) && (grant.unused || !unusedOnly || unused === 0)
  );

  if (grants.length === 0) {
    return appId === null
      ? <EmptyState heading={text.permissions.empty} hint={text.permissions.emptyHint} />
      : <p class="muted none">{text.apps.noPermissions}</p>;
  }
  return (
    <>
      {appId === null && (
        <input
          type="search"
          class="filter"
          aria-label={text.permissions.filter}
          placeholder={text.permissions.filterHint}
          value={filter}
          onInput={(event) => setFilter(event.currentTarget.value)}
        />
      )}
      {appId === null && unused > 0 && (
        <p class="filter-unused">
          <label>
            <input
              type="checkbox"
              checked={unusedOnly}
              onChange={(event) => setUnusedOnly(event.currentTarget.checked)}
            />
            {plural(unused, text.permissions.unusedOnly)}
          </label>
          <span class="sub">{text.permissions.unusedHint}</span>
        </p>
      )}
      {shown.length === 0
        ? <p class="muted none">{text.permissions.noMatch}</p>
        : (
          <div class="group">
            <GrantTable grants={shown} stage={stage} nowMs={nowMs} withApp={appId === null} />
          </div>
        )}
    </>
  );
}
