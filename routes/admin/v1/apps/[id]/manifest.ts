/** `GET /admin/v1/apps/{id}/manifest`: what an app's own origin says of it, whole. @module */
import { manifestView } from "../../../../../broker/actions/manifest_view.ts";
import { answerJson } from "../../../../../broker/http/json_answer.ts";
import { readId } from "../../../../../broker/http/read_body.ts";
import { define } from "../../../../../broker/http/state.ts";
import { AppId } from "../../../../../broker/schema/ids.ts";

/** The methods of this path. */
export const handler = define.handlers({
  GET({ params, state: { broker } }) {
    return answerJson(manifestView(broker, readId(params["id"], AppId)));
  },
});
