/** `GET /admin/v1/apps/{id}/export`: everything that is held about an app. @module */
import { exportApp } from "../../../../../broker/actions/export_app.ts";
import { answerJson } from "../../../../../broker/http/json_answer.ts";
import { readId } from "../../../../../broker/http/read_body.ts";
import { define } from "../../../../../broker/http/state.ts";
import { AppId } from "../../../../../broker/schema/ids.ts";

/** The methods of this path. */
export const handler = define.handlers({
  async GET({ params, state: { broker } }) {
    return answerJson(await exportApp(broker, readId(params["id"], AppId)));
  },
});
