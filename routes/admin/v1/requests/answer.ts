/** `POST /admin/v1/requests/answer`: answers every request listed in the same way. @module */
import { answerRequests } from "../../../../broker/actions/answer_requests.ts";
import { answerJson } from "../../../../broker/http/json_answer.ts";
import { readJson } from "../../../../broker/http/read_body.ts";
import { define } from "../../../../broker/http/state.ts";
import { AnswerManyBody } from "../../../../broker/schema/admin_api.ts";

/** The methods of this path. */
export const handler = define.handlers({
  async POST({ req, state: { broker } }) {
    return answerJson(await answerRequests(broker, await readJson(req, AnswerManyBody)));
  },
});
