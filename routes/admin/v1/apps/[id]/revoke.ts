/** `POST /admin/v1/apps/{id}/revoke`: revokes every grant of an app. @module */
import { revokeAppGrants } from "../../../../../broker/actions/revoke_app_grants.ts";
import { answerJson } from "../../../../../broker/http/json_answer.ts";
import { readId } from "../../../../../broker/http/read_body.ts";
import { define } from "../../../../../broker/http/state.ts";
import { AppId } from "../../../../../broker/schema/ids.ts";

/** The methods of this path. */
export const handler = define.handlers({
  async POST({ params, state: { broker } }) {
    return answerJson(await revokeAppGrants(broker, readId(params["id"], AppId)));
  },
});
