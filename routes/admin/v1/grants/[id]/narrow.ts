/** `POST /admin/v1/grants/{id}/narrow`: puts a narrower grant in the place of this one. @module */
import { narrowGrant } from "../../../../../broker/actions/narrow_grant.ts";
import { answerJson } from "../../../../../broker/http/json_answer.ts";
import { readId, readJson } from "../../../../../broker/http/read_body.ts";
import { define } from "../../../../../broker/http/state.ts";
import { NarrowBody } from "../../../../../broker/schema/admin_api.ts";
import { GrantId } from "../../../../../broker/schema/ids.ts";

/** The methods of this path. */
export const handler = define.handlers({
  async POST({ req, params, state: { broker } }) {
    const { target } = await readJson(req, NarrowBody);
    return answerJson(await narrowGrant(broker, readId(params["id"], GrantId), target));
  },
});
