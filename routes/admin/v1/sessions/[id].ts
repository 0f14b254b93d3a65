/** `DELETE /admin/v1/sessions/{id}`: closes a connection; its grant stays. @module */
import { closeSession } from "../../../../broker/actions/close_session.ts";
import { sessionView } from "../../../../broker/actions/session_view.ts";
import { answerJson } from "../../../../broker/http/json_answer.ts";
import { readId } from "../../../../broker/http/read_body.ts";
import { define } from "../../../../broker/http/state.ts";
import { SessionId } from "../../../../broker/schema/ids.ts";

/** The methods of this path. */
export const handler = define.handlers({
  DELETE({ params, state: { broker } }) {
    const session = closeSession(broker, readId(params["id"], SessionId));
    return answerJson(sessionView(broker, session));
  },
});
