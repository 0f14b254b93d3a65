/** `GET, DELETE /admin/v1/apps/{id}/cookies`: what an app keeps of cookies; forgetting all of them. @module */
import { clearCookies } from "../../../../../../broker/actions/clear_cookies.ts";
import { cookieSites } from "../../../../../../broker/actions/cookie_sites.ts";
import { answerJson } from "../../../../../../broker/http/json_answer.ts";
import { readId } from "../../../../../../broker/http/read_body.ts";
import { define } from "../../../../../../broker/http/state.ts";
import { AppId } from "../../../../../../broker/schema/ids.ts";

/** The methods of this path. */
export const handler = define.handlers({
  GET({ params, state: { broker } }) {
    return answerJson(cookieSites(broker, readId(params["id"], AppId)));
  },
  async DELETE({ params, state: { broker } }) {
    return answerJson(await clearCookies(broker, readId(params["id"], AppId), null));
  },
});
