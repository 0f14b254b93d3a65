/** `GET, PUT /admin/v1/apps/{id}/site-access`: on click, on these sites, or on all sites. @module */
import { findApp } from "../../../../../broker/actions/find_app.ts";
import { setSiteAccess } from "../../../../../broker/actions/set_site_access.ts";
import { siteAccessView } from "../../../../../broker/actions/site_access_view.ts";
import { answerJson } from "../../../../../broker/http/json_answer.ts";
import { readId, readJson } from "../../../../../broker/http/read_body.ts";
import { define } from "../../../../../broker/http/state.ts";
import { AppId } from "../../../../../broker/schema/ids.ts";
import { SiteAccessWish } from "../../../../../broker/schema/site_access.ts";

/** The methods of this path. */
export const handler = define.handlers({
  GET({ params, state: { broker } }) {
    return answerJson(siteAccessView(broker, findApp(broker, readId(params["id"], AppId))));
  },
  async PUT({ req, params, state: { broker } }) {
    const id = readId(params["id"], AppId);
    return answerJson(await setSiteAccess(broker, id, await readJson(req, SiteAccessWish)));
  },
});
