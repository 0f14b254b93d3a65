/** `GET /admin/v1/requests/{id}`: one pending request, as its card shows it. @module */
import { findPendingRequest } from "../../../../../broker/actions/find_pending_request.ts";
import { requestView } from "../../../../../broker/actions/request_view.ts";
import { answerJson } from "../../../../../broker/http/json_answer.ts";
import { readId } from "../../../../../broker/http/read_body.ts";
import { define } from "../../../../../broker/http/state.ts";
import { RequestId } from "../../../../../broker/schema/ids.ts";

/** The methods of this path. */
export const handler = define.handlers({
  GET({ params, state: { broker } }) {
    const { record } = findPendingRequest(broker, readId(params["id"], RequestId));
    return answerJson(requestView(broker, record));
  },
});
