/** `/history`: what happened, newest first, a page at a time; of all apps or of one. @module */
import { page } from "fresh";
import { dashboardSnapshot } from "../broker/actions/dashboard_snapshot.ts";
import { readQuery } from "../broker/http/read_body.ts";
import { define } from "../broker/http/state.ts";
import { HistoryQuery } from "../broker/schema/admin_api.ts";
import { createDashboard } from "../components/dashboard_model.ts";
import { HistoryFilterForm, HistoryPager } from "../components/history_pages.tsx";
import { text } from "../components/text.ts";
import HistoryList from "../islands/history_list.tsx";
import { DashboardPage } from "./(_components)/dashboard_page.tsx";

/** Reads one page of entries, and whether there are older ones. */
export const handler = define.handlers({
  async GET(ctx) {
    const { beforeSeq, appId, limit } = readQuery(withoutEmpty(ctx.url), HistoryQuery);
    const filter = { ...(beforeSeq && { beforeSeq }), ...(appId && { appId }), limit: limit + 1 };
    const { broker } = ctx.state;
    const [snapshot, found] = [await dashboardSnapshot(broker), await broker.store.history(filter)];
    const entries = found.slice(0, limit);
    const older = found.length > limit ? entries.at(-1)?.seq ?? null : null;
    const newest = beforeSeq === undefined;
    return page({ snapshot, entries, older, newest, appId: appId ?? null });
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
      <HistoryFilterForm apps={data.snapshot.apps} appId={data.appId} />
      <HistoryList
        dashboard={dashboard}
        entries={data.entries}
        appId={data.appId}
        newest={data.newest}
      />
      <HistoryPager appId={data.appId} older={data.older} newest={data.newest} />
    </DashboardPage>
  );
});

/** The URL without fields that a form sent empty: they choose nothing. */
function withoutEmpty(url: URL): URL {
  const chosen = new URL(url);
  for (const [name, value] of url.searchParams) if (value === "") chosen.searchParams.delete(name);
  return chosen;
}
