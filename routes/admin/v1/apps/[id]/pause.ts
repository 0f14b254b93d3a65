/** `PUT /admin/v1/apps/{id}/pause`: stops everything of an app, or lets it go on. @module */
import { appView } from "../../../../../broker/actions/app_view.ts";
import { pauseApp } from "../../../../../broker/actions/pause_app.ts";
import { answerJson } from "../../../../../broker/http/json_answer.ts";
import { readId, readJson } from "../../../../../broker/http/read_body.ts";
import { define } from "../../../../../broker/http/state.ts";
import { PauseBody } from "../../../../../broker/schema/admin_api.ts";
import { AppId } from "../../../../../broker/schema/ids.ts";

/** The methods of this path. */
export const handler = define.handlers({
  async PUT({ req, params, state: { broker } }) {
    const id = readId(params["id"], AppId);
    const { paused } = await readJson(req, PauseBody);
    return answerJson(appView(broker, await pauseApp(broker, id, paused)));
  },
});
