/** `GET /admin/v1/grants`: every grant. @module */
import { grantView } from "../../../../broker/actions/grant_view.ts";
import { answerJson } from "../../../../broker/http/json_answer.ts";
import { define } from "../../../../broker/http/state.ts";

/** The methods of this path. */
export const handler = define.handlers({
  GET({ state: { broker } }) {
    const grants = [...broker.store.list("grant")].map((grant) => grantView(broker, grant));
    return answerJson({ grants });
  },
});
