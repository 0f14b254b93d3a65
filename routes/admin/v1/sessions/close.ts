/** `POST /admin/v1/sessions/close`: closes every connection of an app; its grants stay. @module */
import { closeAppSessions } from "../../../../broker/actions/close_app_sessions.ts";
import { answerJson } from "../../../../broker/http/json_answer.ts";
import { readJson } from "../../../../broker/http/read_body.ts";
import { define } from "../../../../broker/http/state.ts";
import { CloseSessionsBody } from "../../../../broker/schema/admin_api.ts";

/** The methods of this path. */
export const handler = define.handlers({
  async POST({ req, state: { broker } }) {
    const { appId } = await readJson(req, CloseSessionsBody);
    return answerJson({ closedSessions: closeAppSessions(broker, appId) });
  },
});
