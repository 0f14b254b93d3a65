/** `/prompt`: one card at a time, in a window small enough to keep beside one's work. @module */
import { Head } from "fresh/runtime";
import { page } from "fresh";
import { dashboardSnapshot } from "../broker/actions/dashboard_snapshot.ts";
import { define } from "../broker/http/state.ts";
import { countsOf, pageTitle } from "../components/counts.ts";
import { createDashboard } from "../components/dashboard_model.ts";
import { text } from "../components/text.ts";
import HostAccessList from "../islands/host_access_list.tsx";
import LastActView from "../islands/last_act.tsx";
import LiveStream from "../islands/live_stream.tsx";
import PromptCard from "../islands/prompt_card.tsx";
import { PageNotifier } from "./(_components)/page_notifier.tsx";
import { RequestLinks } from "./(_components)/request_links.tsx";

/** Reads what waits. */
export const handler = define.handlers({
  async GET({ state: { broker } }) {
    return page({ snapshot: await dashboardSnapshot(broker) });
  },
});

export default define.page<typeof handler>(({ data: { snapshot } }) => {
  const dashboard = createDashboard(snapshot);
  const title = text.prompt.title;
  return (
    <>
      <Head>
        <title>{pageTitle(title, countsOf(snapshot).waiting)}</title>
      </Head>
      <LiveStream dashboard={dashboard} page={title} />
      <PageNotifier dashboard={dashboard} />
      <main id="main" class="compact" tabIndex={-1}>
        <div class="head">
          <h1>{title}</h1>
          <a href="/">{text.prompt.whole}</a>
        </div>
        <LastActView dashboard={dashboard} hint={text.mode[`${snapshot.mode}Hint`]} />
        <RequestLinks requests={snapshot.requests} />
        <PromptCard dashboard={dashboard} />
        <HostAccessList dashboard={dashboard} />
      </main>
    </>
  );
});
