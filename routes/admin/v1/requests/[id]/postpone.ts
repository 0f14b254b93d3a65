/** `POST /admin/v1/requests/{id}/postpone`: Later. @module */
import { postponeRequest } from "../../../../../broker/actions/postpone_request.ts";
import { requestView } from "../../../../../broker/actions/request_view.ts";
import { answerJson } from "../../../../../broker/http/json_answer.ts";
import { readId } from "../../../../../broker/http/read_body.ts";
import { define } from "../../../../../broker/http/state.ts";
import { RequestId } from "../../../../../broker/schema/ids.ts";

/** The methods of this path. */
export const handler = define.handlers({
  async POST({ params, state: { broker } }) {
    const request = await postponeRequest(broker, readId(params["id"], RequestId));
    return answerJson(requestView(broker, request));
  },
});
