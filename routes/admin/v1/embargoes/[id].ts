/** `DELETE /admin/v1/embargoes/{id}`: lets a question be put again. @module */
import { appView } from "../../../../broker/actions/app_view.ts";
import { endEmbargo } from "../../../../broker/actions/end_embargo.ts";
import { findApp } from "../../../../broker/actions/find_app.ts";
import { answerJson } from "../../../../broker/http/json_answer.ts";
import { readId } from "../../../../broker/http/read_body.ts";
import { define } from "../../../../broker/http/state.ts";
import { EmbargoId } from "../../../../broker/schema/ids.ts";

/** The methods of this path. */
export const handler = define.handlers({
  async DELETE({ params, state: { broker } }) {
    const { appId } = await endEmbargo(broker, readId(params["id"], EmbargoId));
    return answerJson(appView(broker, findApp(broker, appId)));
  },
});
