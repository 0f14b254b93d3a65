/** `/apps`: every app that is known here. @module */
import { page } from "fresh";
import { linkCaptures } from "../../broker/actions/link_captures.ts";
import { dashboardSnapshot } from "../../broker/actions/dashboard_snapshot.ts";
import { define } from "../../broker/http/state.ts";
import { createDashboard } from "../../components/dashboard_model.ts";
import { LinkCaptureTable } from "../../components/link_capture_table.tsx";
import { text } from "../../components/text.ts";
import AppList from "../../islands/app_list.tsx";
import { DashboardPage } from "../(_components)/dashboard_page.tsx";

/** Reads the snapshot, and who may take links. */
export const handler = define.handlers({
  async GET(ctx) {
    const { broker } = ctx.state;
    const snapshot = await dashboardSnapshot(broker, { page: "apps" });
    return page({ snapshot, captures: linkCaptures(broker) });
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
      <LinkCaptureTable captures={data.captures} />
    </DashboardPage>
  );
});
