/** `POST /admin/v1/requests/{id}/answer`: the person allows or denies. @module */
import { answerRequest } from "../../../../../broker/actions/answer_request.ts";
import { answerJson } from "../../../../../broker/http/json_answer.ts";
import { readId, readJson } from "../../../../../broker/http/read_body.ts";
import { define } from "../../../../../broker/http/state.ts";
import { AnswerBody } from "../../../../../broker/schema/admin_api.ts";
import { RequestId } from "../../../../../broker/schema/ids.ts";

/** The methods of this path. */
export const handler = define.handlers({
  async POST({ req, params, state: { broker } }) {
    const id = readId(params["id"], RequestId);
    return answerJson(await answerRequest(broker, id, await readJson(req, AnswerBody)));
  },
});
