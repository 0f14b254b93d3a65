/** `POST /admin/v1/requests/{id}/seen`: its card is on the screen. @module */
import { markRequestSeen } from "../../../../../broker/actions/mark_request_seen.ts";
import { requestView } from "../../../../../broker/actions/request_view.ts";
import { answerJson } from "../../../../../broker/http/json_answer.ts";
import { readId } from "../../../../../broker/http/read_body.ts";
import { define } from "../../../../../broker/http/state.ts";
import { RequestId } from "../../../../../broker/schema/ids.ts";

/** The methods of this path. */
export const handler = define.handlers({
  async POST({ params, state: { broker } }) {
    const request = await markRequestSeen(broker, readId(params["id"], RequestId));
    return answerJson(requestView(broker, request));
  },
});
