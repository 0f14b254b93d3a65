/** `GET, DELETE /admin/v1/apps/{id}`: an app; its end, with its grants, connections and tokens. @module */
import { appView } from "../../../../../broker/actions/app_view.ts";
import { findApp } from "../../../../../broker/actions/find_app.ts";
import { uninstallApp } from "../../../../../broker/actions/uninstall_app.ts";
import { answerJson } from "../../../../../broker/http/json_answer.ts";
import { readId } from "../../../../../broker/http/read_body.ts";
import { define } from "../../../../../broker/http/state.ts";
import { AppId } from "../../../../../broker/schema/ids.ts";

/** The methods of this path. */
export const handler = define.handlers({
  GET({ params, state: { broker } }) {
    return answerJson(appView(broker, findApp(broker, readId(params["id"], AppId))));
  },
  async DELETE({ params, state: { broker } }) {
    return answerJson(await uninstallApp(broker, readId(params["id"], AppId), "person"));
  },
});
