/** `/connections`: everything that is open right now; search, filters, order and place stand in the URL. @module */
import { page } from "fresh";
import { appChoices } from "../broker/actions/app_choices.ts";
import { dashboardSnapshot } from "../broker/actions/dashboard_snapshot.ts";
import { readListQuery } from "../broker/http/read_view.ts";
import { define } from "../broker/http/state.ts";
import { SessionQuery } from "../broker/schema/list_query.ts";
import { createDashboard } from "../components/dashboard_model.ts";
import { text } from "../components/text.ts";
import AppTraffic from "../islands/app_traffic.tsx";
import ConnectionList from "../islands/connection_list.tsx";
import ListFilter from "../islands/list_filter.tsx";
import { DashboardPage } from "./(_components)/dashboard_page.tsx";

/** Reads one page of the list. */
export const handler = define.handlers({
  async GET(ctx) {
    const { broker } = ctx.state;
    const query = readListQuery(ctx.url, SessionQuery);
    const snapshot = await dashboardSnapshot(broker, { page: "connections", query });
    return page({ snapshot, apps: appChoices(broker) });
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
      <AppTraffic dashboard={dashboard} />
      <ListFilter dashboard={dashboard} page="connections" apps={data.apps} />
      <ConnectionList dashboard={dashboard} appId={null} />
    </DashboardPage>
  );
});
