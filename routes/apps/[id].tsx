/** `/apps/[id]`: one app: identity, what can be done to it, its permissions, connections and history. @module */
import { page } from "fresh";
import { cookieSites } from "../../broker/actions/cookie_sites.ts";
import { dashboardSnapshot } from "../../broker/actions/dashboard_snapshot.ts";
import { readId } from "../../broker/http/read_body.ts";
import { manifestView } from "../../broker/actions/manifest_view.ts";
import { define } from "../../broker/http/state.ts";
import { AppId } from "../../broker/schema/ids.ts";
import { AppIdentity } from "../../components/app_identity.tsx";
import { createDashboard } from "../../components/dashboard_model.ts";
import { fillText } from "../../components/phrase.ts";
import { appName } from "../../components/sentence.ts";
import { text } from "../../components/text.ts";
import AppCookies from "../../islands/app_cookies.tsx";
import AppControls from "../../islands/app_controls.tsx";
import AppManifest from "../../islands/app_manifest.tsx";
import ConnectionList from "../../islands/connection_list.tsx";
import EmbargoList from "../../islands/embargo_list.tsx";
import HistoryList from "../../islands/history_list.tsx";
import LastActView from "../../islands/last_act.tsx";
import PermissionList from "../../islands/permission_list.tsx";
import SiteAccess from "../../islands/site_access.tsx";
import { DashboardPage } from "../(_components)/dashboard_page.tsx";

/** Reads the snapshot. */
export const handler = define.handlers({
  async GET(ctx) {
    const { broker } = ctx.state;
    const appId = readId(ctx.params["id"], AppId);
    const snapshot = await dashboardSnapshot(broker, { page: "app", appId });
    const known = snapshot.apps.some(({ id }) => id === appId);
    const manifest = known ? manifestView(broker, appId) : { manifest: null };
    const cookies = known ? cookieSites(broker, appId) : { sites: [] };
    return page({ appId, snapshot, manifest, cookies }, { status: known ? 200 : 404 });
  },
});

export default define.page<typeof handler>(({ data }) => {
  const { appId, cookies, manifest, snapshot } = data;
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
      <AppCookies dashboard={dashboard} appId={appId} view={cookies} />
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
