/** `/permissions`: everything that is allowed or denied; search, filters, order and place stand in the URL. @module */
import { page } from "fresh";
import { appChoices } from "../broker/actions/app_choices.ts";
import { dashboardSnapshot } from "../broker/actions/dashboard_snapshot.ts";
import { readListQuery } from "../broker/http/read_view.ts";
import { define } from "../broker/http/state.ts";
import { GrantQuery } from "../broker/schema/list_query.ts";
import { createDashboard } from "../components/dashboard_model.ts";
import { text } from "../components/text.ts";
import PermissionList from "../islands/permission_list.tsx";
import ListFilter from "../islands/list_filter.tsx";
import { DashboardPage } from "./(_components)/dashboard_page.tsx";

/** Reads one page of the list. */
export const handler = define.handlers({
  async GET(ctx) {
    const { broker } = ctx.state;
    const query = readListQuery(ctx.url, GrantQuery);
    const snapshot = await dashboardSnapshot(broker, { page: "permissions", query });
    return page({ snapshot, apps: appChoices(broker) });
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
      <PermissionList dashboard={dashboard} appId={null} />
    </DashboardPage>
  );
});
