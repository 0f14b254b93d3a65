/** `POST /admin/v1/grants/revoke`: revokes several grants, all or none. @module */
import { revokeGrants } from "../../../../broker/actions/revoke_grants.ts";
import { answerJson } from "../../../../broker/http/json_answer.ts";
import { readJson } from "../../../../broker/http/read_body.ts";
import { define } from "../../../../broker/http/state.ts";
import { RevokeBody } from "../../../../broker/schema/admin_api.ts";

/** The methods of this path. */
export const handler = define.handlers({
  async POST({ req, state: { broker } }) {
    const { ids } = await readJson(req, RevokeBody);
    return answerJson(await revokeGrants(broker, ids));
  },
});
