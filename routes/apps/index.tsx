/** `/apps`: every app that is known here. @module */
import { page } from "fresh";
import { dashboardSnapshot } from "../../broker/actions/dashboard_snapshot.ts";
import { define } from "../../broker/http/state.ts";
import { createDashboard } from "../../components/dashboard_model.ts";
import { text } from "../../components/text.ts";
import AppList from "../../islands/app_list.tsx";
import { DashboardPage } from "../(_components)/dashboard_page.tsx";

/** Reads the snapshot. */
export const handler = define.handlers({
  async GET(ctx) {
    return page({ snapshot: await dashboardSnapshot(ctx.state.broker, { page: "apps" }) });
  },
});

export default define.page<typeof handler>(({ data }) => {
  const dashboard = createDashboard(data.snapshot);
  return (
    <DashboardPage
      dashboard={dashboard}
      current="apps"
      heading={{ text: text.pages.apps, hint: text.tagline }}
    >
      <AppList dashboard={dashboard} />
    </DashboardPage>
  );
});
