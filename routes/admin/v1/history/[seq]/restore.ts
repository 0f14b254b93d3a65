/** `POST /admin/v1/history/{seq}/restore`: takes a revocation back. @module */
import { grantView } from "../../../../../broker/actions/grant_view.ts";
import { restoreGrant } from "../../../../../broker/actions/restore_grant.ts";
import { answerJson } from "../../../../../broker/http/json_answer.ts";
import { readId } from "../../../../../broker/http/read_body.ts";
import { define } from "../../../../../broker/http/state.ts";
import { HistorySeq } from "../../../../../broker/schema/history.ts";

/** The methods of this path. */
export const handler = define.handlers({
  async POST({ params, state: { broker } }) {
    const grant = await restoreGrant(broker, readId(params["seq"], HistorySeq));
    return answerJson(grantView(broker, grant));
  },
});
