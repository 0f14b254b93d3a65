/** `DELETE /admin/v1/apps/{id}/cookies/{domain}`: forgets the cookies that an app keeps of one domain. @module */
import { clearCookies } from "../../../../../../broker/actions/clear_cookies.ts";
import { answerJson } from "../../../../../../broker/http/json_answer.ts";
import { readId } from "../../../../../../broker/http/read_body.ts";
import { define } from "../../../../../../broker/http/state.ts";
import { HostText } from "../../../../../../broker/schema/blocked_host.ts";
import { AppId } from "../../../../../../broker/schema/ids.ts";

/** The methods of this path. */
export const handler = define.handlers({
  async DELETE({ params, state: { broker } }) {
    const domain = readId(params["domain"], HostText);
    return answerJson(await clearCookies(broker, readId(params["id"], AppId), domain));
  },
});
