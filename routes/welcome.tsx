/** `/welcome`: the first half minute: what this is, that nothing is allowed yet, and a request to practise on. @module */
import { page } from "fresh";
import { dashboardSnapshot } from "../broker/actions/dashboard_snapshot.ts";
import { define } from "../broker/http/state.ts";
import { createDashboard } from "../components/dashboard_model.ts";
import { organisationName } from "../components/managed_list.tsx";
import { fillText } from "../components/phrase.ts";
import { plural } from "../components/plural.ts";
import { text } from "../components/text.ts";
import { TitledGroup } from "../components/titled_group.tsx";
import Notices from "../islands/notices.tsx";
import Practice from "../islands/practice.tsx";
import { DashboardPage } from "./(_components)/dashboard_page.tsx";

/** Welcomes; after signing in (`?start`) only who has no apps yet, and everyone else goes on to the requests. */
export const handler = define.handlers({
  async GET({ state: { broker }, url, redirect }) {
    const snapshot = await dashboardSnapshot(broker, { page: "other" });
    const knowsIt = snapshot.counts.apps > 0;
    if (url.searchParams.has("start") && knowsIt) return redirect("/", 303);
    return page({ snapshot, origin: url.origin });
  },
});

export default define.page<typeof handler>(({ data: { snapshot, origin } }) => {
  const dashboard = createDashboard(snapshot);
  const words = text.welcome;
  const { allowed, live } = snapshot.counts;
  return (
    <DashboardPage
      dashboard={dashboard}
      current="requests"
      title={text.pages.welcome}
      heading={{ text: words.heading, hint: words.lead }}
    >
      <p class="sentence">
        <b>
          {allowed === 0 ? words.truth : fillText(words.truthAllowed, {
            permissions: plural(allowed, text.count.permissions),
            live: plural(live, text.count.live),
          })}
        </b>
      </p>
      {snapshot.managedBy !== null && (
        <p>
          {fillText(words.managed, { name: organisationName(snapshot.managedBy) })}{" "}
          <a href="/settings#managed">{words.managedLink}</a>
        </p>
      )}
      <TitledGroup id="how" heading={words.how}>
        <ol class="card">
          {Object.entries(words.steps).map(([step, says]) => <li key={step}>{says}</li>)}
        </ol>
      </TitledGroup>
      <section aria-labelledby="practise">
        <h2 id="practise">{words.practise}</h2>
        <p class="muted">{words.practiseHint}</p>
        <Practice dashboard={dashboard} />
        <p class="note">
          {words.real} <code class="mono">deno task demo</code>
        </p>
      </section>
      <Notices />
      <TitledGroup id="connect" heading={words.connect}>
        <div class="card">
          <p>{words.connectHint}</p>
          <pre tabIndex={0} role="region" aria-label={words.code}>{firstLines(origin)}</pre>
        </div>
      </TitledGroup>
      <p>
        <a class="button large" href="/">{words.toRequests}</a>
      </p>
    </DashboardPage>
  );
});

/** The first lines of a web app, and how a program gets its token. */
function firstLines(origin: string): string {
  return `import { connect, TCPSocket } from "${origin}/sdk.js";
await connect({ app: { name: "My app" } });
const { readable, writable } = await new TCPSocket("imap.example.com", 993).opened;

deno task app add my-tool`;
}
