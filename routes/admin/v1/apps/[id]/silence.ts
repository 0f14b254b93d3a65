/** `PUT, DELETE /admin/v1/apps/{id}/silence`: answers an app's questions with no, unseen; ends that. @module */
import { appView } from "../../../../../broker/actions/app_view.ts";
import { silenceApp } from "../../../../../broker/actions/silence_app.ts";
import { answerJson } from "../../../../../broker/http/json_answer.ts";
import { readId, readJson } from "../../../../../broker/http/read_body.ts";
import { define } from "../../../../../broker/http/state.ts";
import { SilenceBody } from "../../../../../broker/schema/admin_api.ts";
import { AppId } from "../../../../../broker/schema/ids.ts";

/** The methods of this path. */
export const handler = define.handlers({
  async PUT({ req, params, state: { broker } }) {
    const id = readId(params["id"], AppId);
    const silence = await readJson(req, SilenceBody);
    return answerJson(appView(broker, await silenceApp(broker, id, silence)));
  },
  async DELETE({ params, state: { broker } }) {
    const app = await silenceApp(broker, readId(params["id"], AppId), null);
    return answerJson(appView(broker, app));
  },
});
