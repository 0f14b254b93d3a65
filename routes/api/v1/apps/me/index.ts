/** `GET, DELETE /api/v1/apps/me`: an app looks at itself, or leaves. @module */
import { leaveBroker } from "../../../../../broker/actions/leave_broker.ts";
import { ownApp } from "../../../../../broker/actions/own_app.ts";
import { callingApp } from "../../../../../broker/http/app_access.ts";
import { answerJson } from "../../../../../broker/http/json_answer.ts";
import { define } from "../../../../../broker/http/state.ts";

/** The methods of this path. */
export const handler = define.handlers({
  GET({ req, state: { broker } }) {
    const { app, credential } = callingApp(broker, req);
    return answerJson(ownApp(app, credential));
  },
  async DELETE({ req, state: { broker } }) {
    await leaveBroker(broker, callingApp(broker, req));
    return new Response(null, { status: 204 });
  },
});
