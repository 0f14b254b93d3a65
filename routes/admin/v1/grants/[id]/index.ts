/** `DELETE /admin/v1/grants/{id}`: revokes a grant. @module */
import { revokeGrants } from "../../../../../broker/actions/revoke_grants.ts";
import { answerJson } from "../../../../../broker/http/json_answer.ts";
import { readId } from "../../../../../broker/http/read_body.ts";
import { define } from "../../../../../broker/http/state.ts";
import { GrantId } from "../../../../../broker/schema/ids.ts";

/** The methods of this path. */
export const handler = define.handlers({
  async DELETE({ params, state: { broker } }) {
    return answerJson(await revokeGrants(broker, [readId(params["id"], GrantId)]));
  },
});
