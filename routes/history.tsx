/** `/history`: what happened, newest first; search, filters, order and place stand in the URL. @module */
import { page } from "fresh";
import { appChoices } from "../broker/actions/app_choices.ts";
import { dashboardSnapshot } from "../broker/actions/dashboard_snapshot.ts";
import { readListQuery } from "../broker/http/read_view.ts";
import { define } from "../broker/http/state.ts";
import { HistoryQuery } from "../broker/schema/list_query.ts";
import { createDashboard } from "../components/dashboard_model.ts";
import { text } from "../components/text.ts";
import HistoryFiles from "../islands/history_files.tsx";
import HistoryList from "../islands/history_list.tsx";
import ListFilter from "../islands/list_filter.tsx";
import { DashboardPage } from "./(_components)/dashboard_page.tsx";

/** Reads one page of the list. */
export const handler = define.handlers({
  async GET(ctx) {
    const { broker } = ctx.state;
    const query = readListQuery(ctx.url, HistoryQuery);
    const snapshot = await dashboardSnapshot(broker, { page: "history", query });
    return page({ snapshot, apps: appChoices(broker) });
  },
});

export default define.page<typeof handler>(({ data }) => {
  const dashboard = createDashboard(data.snapshot);
  return (
    <DashboardPage
      dashboard={dashboard}
      current="history"
      heading={{ text: text.pages.history, hint: text.history.hint }}
    >
      <ListFilter dashboard={dashboard} page="history" apps={data.apps} />
      <HistoryList dashboard={dashboard} appId={null} />
      <HistoryFiles dashboard={dashboard} />
    </DashboardPage>
  );
});
