/** `POST /admin/v1/grants/restore`: takes revocations back. @module */
import { restoreGrants } from "../../../../broker/actions/restore_grants.ts";
import { answerJson } from "../../../../broker/http/json_answer.ts";
import { readJson } from "../../../../broker/http/read_body.ts";
import { define } from "../../../../broker/http/state.ts";
import { RestoreBody } from "../../../../broker/schema/admin_api.ts";

/** The methods of this path. */
export const handler = define.handlers({
  async POST({ req, state: { broker } }) {
    const { ids } = await readJson(req, RestoreBody);
    return answerJson(await restoreGrants(broker, ids));
  },
});
