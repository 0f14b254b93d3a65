/** `/settings`: what the person sets for this computer and this browser, and what the organisation sets. @module */
import { page } from "fresh";
import { dashboardSnapshot } from "../broker/actions/dashboard_snapshot.ts";
import { policyView } from "../broker/actions/policy_view.ts";
import { requestLifetimeMs } from "../broker/actions/watch_times.ts";
import { endsUnusedAfterMs } from "../broker/core/unused_grants.ts";
import { signInLifetimeMs } from "../broker/http/sign_in.ts";
import { define } from "../broker/http/state.ts";
import { readBrowserChoices } from "../components/browser_choices.ts";
import { createDashboard } from "../components/dashboard_model.ts";
import { KeptFor } from "../components/kept_for.tsx";
import { ManagedList } from "../components/managed_list.tsx";
import { plainText } from "../components/plain_text.ts";
import { text } from "../components/text.ts";
import Notices from "../islands/notices.tsx";
import SettingsForm from "../islands/settings_form.tsx";
import SmallWindow from "../islands/small_window.tsx";
import { DashboardPage } from "./(_components)/dashboard_page.tsx";
import { saveByForm } from "./(_forms)/settings_form.ts";

/** Shows the settings, or saves what the form says and shows them again. */
export const handler = define.handlers({
  async GET({ state: { broker, signIn }, url, req }) {
    return page({
      snapshot: await dashboardSnapshot(broker, { page: "other" }),
      policy: policyView(broker),
      kept: {
        history: broker.store.retention,
        requestMs: requestLifetimeMs,
        unusedMs: endsUnusedAfterMs,
        signInMs: signInLifetimeMs,
      },
      browser: readBrowserChoices(req.headers.get("cookie")),
      formToken: signIn?.formToken ?? null,
      query: url.searchParams,
    });
  },
  async POST({ state: { broker, form }, redirect }) {
    const { location, cookie } = await saveByForm(broker, form ?? new URLSearchParams());
    const answer = redirect(location, 303);
    if (cookie !== null) answer.headers.append("set-cookie", cookie);
    return answer;
  },
});

export default define.page<typeof handler>(({ data }) => {
  const dashboard = createDashboard(data.snapshot);
  const { policy, query } = data;
  const problem = query.get("problem");
  return (
    <DashboardPage
      dashboard={dashboard}
      current="settings"
      heading={{ text: text.pages.settings, hint: text.settings.hint }}
    >
      {query.get("done") === "saved" && (
        <p class="last last-fresh" role="status">{text.settings.saved}</p>
      )}
      {problem !== null && <p class="banner" role="alert">{plainText(problem)}</p>}
      <SettingsForm
        dashboard={dashboard}
        settings={policy.settings}
        browser={data.browser}
        managedBy={policy.managedBy}
        longestMs={policy.longestDurationMs}
        formToken={data.formToken}
      />
      <Notices />
      {policy.revision !== "none" && <ManagedList policy={policy} />}
      <KeptFor kept={data.kept} />
      <section aria-label={text.settings.welcome}>
        <p>
          <a href="/welcome">{text.settings.welcome}</a>{" "}
          <span class="note">{text.settings.welcomeHint}</span>
        </p>
        <p>
          <SmallWindow /> <span class="note">{text.settings.compactHint}</span>
        </p>
      </section>
    </DashboardPage>
  );
});
