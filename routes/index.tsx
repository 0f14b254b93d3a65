/** `/`: the requests that wait for an answer. @module */
import { page } from "fresh";
import { dashboardSnapshot } from "../broker/actions/dashboard_snapshot.ts";
import { define } from "../broker/http/state.ts";
import { createDashboard } from "../components/dashboard_model.ts";
import { isDone, text } from "../components/text.ts";
import HostAccessList from "../islands/host_access_list.tsx";
import RecentHistory from "../islands/recent_history.tsx";
import RequestInbox from "../islands/request_inbox.tsx";
import { DashboardPage } from "./(_components)/dashboard_page.tsx";
import { RequestLinks } from "./(_components)/request_links.tsx";

/** Reads the snapshot; `?done=` says what a form without script has just done. */
export const handler = define.handlers({
  async GET(ctx) {
    const done = ctx.url.searchParams.get("done");
    return page({ snapshot: await dashboardSnapshot(ctx.state.broker), done });
  },
});

export default define.page<typeof handler>(({ data }) => {
  const dashboard = createDashboard(data.snapshot);
  return (
    <DashboardPage dashboard={dashboard} current="requests">
      {isDone(data.done) && <p class="last last-fresh" role="status">{text.done[data.done]}</p>}
      <RequestLinks requests={data.snapshot.requests} />
      <RequestInbox dashboard={dashboard} />
      <HostAccessList dashboard={dashboard} />
      <RecentHistory dashboard={dashboard} />
    </DashboardPage>
  );
});
