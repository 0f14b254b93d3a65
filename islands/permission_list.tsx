/** The permissions, live: what is allowed and denied, and Revoke for one or many. @module */
import type { JSX } from "preact";
import type { AppId } from "../broker/schema/ids.ts";
import type { Dashboard } from "../components/dashboard_model.ts";
import { EmptyState } from "../components/empty_state.tsx";
import { GrantTable } from "../components/grant_table.tsx";
import { ListHead, ListPager } from "../components/list_foot.tsx";
import { NoMatch } from "../components/no_match.tsx";
import { text } from "../components/text.ts";
import { useNow } from "../components/use_now.ts";
import { useStage } from "../components/use_stage.ts";

/** What the island takes. */
export interface PermissionListProps {
  readonly dashboard: Dashboard;
  /** On the page of one app, that app; null on the page of all permissions. */
  readonly appId: AppId | null;
}

/** The table, or the truth that nothing is allowed. */
export default function PermissionList({ dashboard, appId }: PermissionListProps): JSX.Element {
  const stage = useStage(dashboard);
  const nowMs = useNow(dashboard, 10_000);
  const { grants, list } = dashboard.snapshot.value;
  const table = (
    <div class="group">
      <GrantTable grants={grants} stage={stage} nowMs={nowMs} withApp={appId === null} />
    </div>
  );
  if (appId !== null) {
    return grants.length === 0 ? <p class="muted none">{text.apps.noPermissions}</p> : table;
  }
  if (grants.length === 0 && list?.total === 0 && list.arrived === 0) {
    return <EmptyState heading={text.permissions.empty} hint={text.permissions.emptyHint} />;
  }
  return (
    <>
      <ListHead dashboard={dashboard} page="permissions" shown={grants.length} />
      {grants.length === 0 ? <NoMatch page="permissions" /> : table}
      <ListPager dashboard={dashboard} page="permissions" />
    </>
  );
}
