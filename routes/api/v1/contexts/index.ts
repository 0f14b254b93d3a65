/** `DELETE /api/v1/contexts`: the app's browser has started anew, and none of its tabs is there any more. @module */
import { forgetTab } from "../../../../broker/actions/forget_tab.ts";
import { installedCaller } from "../../../../broker/http/app_access.ts";
import { define } from "../../../../broker/http/state.ts";

/** The methods of this path. */
export const handler = define.handlers({
  async DELETE({ req, state: { broker } }) {
    await forgetTab(broker, installedCaller(broker, req), null);
    return new Response(null, { status: 204 });
  },
});
