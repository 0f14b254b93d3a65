/** `POST /admin/v1/apps/{id}/see-wishes`: the person has seen what an app newly says it will ask for. @module */
import { appView } from "../../../../../broker/actions/app_view.ts";
import { seeWishes } from "../../../../../broker/actions/see_wishes.ts";
import { answerJson } from "../../../../../broker/http/json_answer.ts";
import { readId } from "../../../../../broker/http/read_body.ts";
import { define } from "../../../../../broker/http/state.ts";
import { AppId } from "../../../../../broker/schema/ids.ts";

/** The methods of this path. */
export const handler = define.handlers({
  async POST({ params, state: { broker } }) {
    return answerJson(appView(broker, await seeWishes(broker, readId(params["id"], AppId))));
  },
});
