/** `/permissions`: everything that is allowed or denied. @module */
import { page } from "fresh";
import { dashboardSnapshot } from "../broker/actions/dashboard_snapshot.ts";
import { define } from "../broker/http/state.ts";
import { createDashboard } from "../components/dashboard_model.ts";
import { text } from "../components/text.ts";
import PermissionList from "../islands/permission_list.tsx";
import { DashboardPage } from "./(_components)/dashboard_page.tsx";

/** Reads the snapshot. */
export const handler = define.handlers({
  async GET(ctx) {
    return page({ snapshot: await dashboardSnapshot(ctx.state.broker) });
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
      <PermissionList dashboard={dashboard} appId={null} />
    </DashboardPage>
  );
});
