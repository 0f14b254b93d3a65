/** `/apps/[id]`: one app: identity, what can be done to it, its permissions, connections and history. @module */
import { page } from "fresh";
import { clearCookies } from "../../broker/actions/clear_cookies.ts";
import { cookieSites } from "../../broker/actions/cookie_sites.ts";
import { dashboardSnapshot } from "../../broker/actions/dashboard_snapshot.ts";
import { readId } from "../../broker/http/read_body.ts";
import { manifestView } from "../../broker/actions/manifest_view.ts";
import { define } from "../../broker/http/state.ts";
import { AppId } from "../../broker/schema/ids.ts";
import { AppCookies } from "../../components/app_cookies.tsx";
import { AppIdentity } from "../../components/app_identity.tsx";
import { createDashboard } from "../../components/dashboard_model.ts";
import { fillText } from "../../components/phrase.ts";
import { appName } from "../../components/sentence.ts";
import { text } from "../../components/text.ts";
import AppControls from "../../islands/app_controls.tsx";
import AppManifest from "../../islands/app_manifest.tsx";
import ConnectionList from "../../islands/connection_list.tsx";
import EmbargoList from "../../islands/embargo_list.tsx";
import HistoryList from "../../islands/history_list.tsx";
import LastActView from "../../islands/last_act.tsx";
import PermissionList from "../../islands/permission_list.tsx";
import SiteAccess from "../../islands/site_access.tsx";
import { DashboardPage } from "../(_components)/dashboard_page.tsx";

/** Reads the snapshot, or clears the cookies of the site that its form names and shows the rest. */
export const handler = define.handlers({
  async GET(ctx) {
    const { broker, signIn } = ctx.state;
    const appId = readId(ctx.params["id"], AppId);
    const snapshot = await dashboardSnapshot(broker, { page: "app", appId });
    const known = snapshot.apps.some(({ id }) => id === appId);
    const manifest = known ? manifestView(broker, appId) : { manifest: null };
    const cookies = known ? cookieSites(broker, appId) : { sites: [] };
    const formToken = signIn?.formToken ?? null;
    return page({ appId, snapshot, manifest, cookies, formToken }, { status: known ? 200 : 404 });
  },
  async POST(ctx) {
    const domain = ctx.state.form?.get("clearCookies") ?? null;
    const appId = readId(ctx.params["id"], AppId);
    if (domain !== null) await clearCookies(ctx.state.broker, appId, domain);
    return ctx.redirect(ctx.url.pathname, 303);
  },
});

export default define.page<typeof handler>(({ data }) => {
  const { appId, cookies, formToken, manifest, snapshot } = data;
  const dashboard = createDashboard(snapshot);
  const app = snapshot.apps.find(({ id }) => id === appId);
  const title = app === undefined ? text.pages.apps : appName(app);
  return (
    <DashboardPage dashboard={dashboard} current="apps" title={title}>
      <LastActView
        dashboard={dashboard}
        hint={app === undefined ? text.tagline : fillText(text.apps.hint, { app: title })}
      />
      <AppControls dashboard={dashboard} appId={appId} />
      <EmbargoList dashboard={dashboard} appId={appId} />
      <SiteAccess dashboard={dashboard} appId={appId} />
      <section aria-labelledby="permissions">
        <h2 id="permissions">{text.pages.permissions}</h2>
        <PermissionList dashboard={dashboard} appId={appId} />
      </section>
      <section aria-labelledby="connections">
        <h2 id="connections">{text.apps.connections}</h2>
        <ConnectionList dashboard={dashboard} appId={appId} />
      </section>
      <AppCookies view={cookies} formToken={formToken} />
      {app !== undefined && <AppIdentity app={app} nowMs={snapshot.nowMs} />}
      {app !== undefined && <AppManifest dashboard={dashboard} appId={appId} view={manifest} />}
      <section aria-labelledby="history">
        <h2 id="history">{text.pages.history}</h2>
        <HistoryList dashboard={dashboard} appId={appId} />
        <p>
          <a href={`/history?appId=${appId}`}>{text.apps.allHistory}</a>
        </p>
      </section>
    </DashboardPage>
  );
});
