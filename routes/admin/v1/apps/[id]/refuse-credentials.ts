/** `POST /admin/v1/apps/{id}/refuse-credentials`: turns waiting browser profiles of an app away. @module */
import { appView } from "../../../../../broker/actions/app_view.ts";
import { refuseCredentials } from "../../../../../broker/actions/refuse_credentials.ts";
import { answerJson } from "../../../../../broker/http/json_answer.ts";
import { readId } from "../../../../../broker/http/read_body.ts";
import { define } from "../../../../../broker/http/state.ts";
import { AppId } from "../../../../../broker/schema/ids.ts";

/** The methods of this path. */
export const handler = define.handlers({
  async POST({ params, state: { broker } }) {
    const app = await refuseCredentials(broker, readId(params["id"], AppId));
    return answerJson(appView(broker, app));
  },
});
