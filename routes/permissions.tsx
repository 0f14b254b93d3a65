/** `/permissions`: everything that is allowed or denied; search, filters, order and place stand in the URL. @module */
import { page } from "fresh";
import { appChoices } from "../broker/actions/app_choices.ts";
import { dashboardSnapshot } from "../broker/actions/dashboard_snapshot.ts";
import { revokeGrants } from "../broker/actions/revoke_grants.ts";
import { readListQuery } from "../broker/http/read_view.ts";
import { define } from "../broker/http/state.ts";
import { GrantId } from "../broker/schema/ids.ts";
import { GrantQuery } from "../broker/schema/list_query.ts";
import { createDashboard } from "../components/dashboard_model.ts";
import { text } from "../components/text.ts";
import AppAccess from "../islands/app_access.tsx";
import ListFilter from "../islands/list_filter.tsx";
import PermissionFile from "../islands/permission_file.tsx";
import BlockedHosts from "../islands/blocked_hosts.tsx";
import PermissionList from "../islands/permission_list.tsx";
import { DashboardPage } from "./(_components)/dashboard_page.tsx";

/** Reads one page of the list, or revokes what its form picks and shows it again. */
export const handler = define.handlers({
  async GET(ctx) {
    const { broker, signIn } = ctx.state;
    const query = readListQuery(ctx.url, GrantQuery);
    const snapshot = await dashboardSnapshot(broker, { page: "permissions", query });
    return page({ snapshot, apps: appChoices(broker), formToken: signIn?.formToken ?? null });
  },
  async POST(ctx) {
    const ids = ctx.state.form?.getAll("id").filter((id) => GrantId.safeParse(id).success) ?? [];
    if (ids.length > 0) await revokeGrants(ctx.state.broker, ids as GrantId[]);
    return ctx.redirect(ctx.url.pathname + ctx.url.search, 303);
  },
});

export default define.page<typeof handler>(({ data }) => {
  const dashboard = createDashboard(data.snapshot);
  return (
    <DashboardPage
      dashboard={dashboard}
      current="permissions"
      heading={{ text: text.pages.permissions, hint: text.permissions.precedence }}
    >
      <ListFilter dashboard={dashboard} page="permissions" apps={data.apps} />
      <PermissionList dashboard={dashboard} appId={null} formToken={data.formToken} />
      <AppAccess dashboard={dashboard} />
      <BlockedHosts dashboard={dashboard} />
      <PermissionFile dashboard={dashboard} />
    </DashboardPage>
  );
});
