/** `/connections`: everything that is open right now. @module */
import { page } from "fresh";
import { dashboardSnapshot } from "../broker/actions/dashboard_snapshot.ts";
import { define } from "../broker/http/state.ts";
import { createDashboard } from "../components/dashboard_model.ts";
import { text } from "../components/text.ts";
import ConnectionList from "../islands/connection_list.tsx";
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
      current="connections"
      heading={{ text: text.pages.connections, hint: text.connections.note }}
    >
      <ConnectionList dashboard={dashboard} appId={null} />
    </DashboardPage>
  );
});
