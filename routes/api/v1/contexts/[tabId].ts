/** `PUT, DELETE /api/v1/contexts/{tabId}`: an app tells how one of its tabs stands, or that it was closed. @module */
import { forgetTab } from "../../../../broker/actions/forget_tab.ts";
import { reportTab } from "../../../../broker/actions/report_tab.ts";
import { installedCaller } from "../../../../broker/http/app_access.ts";
import { readId, readJson } from "../../../../broker/http/read_body.ts";
import { define } from "../../../../broker/http/state.ts";
import { TabBody, TabIdText } from "../../../../broker/schema/host_access.ts";

/** The methods of this path. */
export const handler = define.handlers({
  async PUT({ req, params, state: { broker } }) {
    const caller = installedCaller(broker, req);
    const tabId = readId(params["tabId"], TabIdText);
    await reportTab(broker, caller, tabId, await readJson(req, TabBody));
    return new Response(null, { status: 204 });
  },
  async DELETE({ req, params, state: { broker } }) {
    const caller = installedCaller(broker, req);
    await forgetTab(broker, caller, readId(params["tabId"], TabIdText));
    return new Response(null, { status: 204 });
  },
});
