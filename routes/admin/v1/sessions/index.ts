/** `GET /admin/v1/sessions`: every open connection. @module */
import { countSessions } from "../../../../broker/actions/grant_view.ts";
import { sessionView } from "../../../../broker/actions/session_view.ts";
import { answerJson } from "../../../../broker/http/json_answer.ts";
import { define } from "../../../../broker/http/state.ts";

/** The methods of this path. */
export const handler = define.handlers({
  GET({ state: { broker } }) {
    const live = [...broker.sessions.list()];
    const counts = countSessions(broker);
    return answerJson({
      sessions: live.map(({ session }) => sessionView(broker, session, counts)),
    });
  },
});
