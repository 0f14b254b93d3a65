/** `GET /admin/v1/grants`: every grant. @module */
import { countSessions, grantView } from "../../../../broker/actions/grant_view.ts";
import { answerJson } from "../../../../broker/http/json_answer.ts";
import { define } from "../../../../broker/http/state.ts";

/** The methods of this path. */
export const handler = define.handlers({
  GET({ state: { broker } }) {
    const counts = countSessions(broker);
    const grants = [...broker.store.list("grant")].map((grant) => grantView(broker, grant, counts));
    return answerJson({ grants });
  },
});
