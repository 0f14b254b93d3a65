/** `POST /api/v1/explain`: what would be decided for the calling app, and what of that is its own. @module */
import { explainOwnPermission } from "../../../broker/actions/explain_permission.ts";
import { acceptedApp } from "../../../broker/http/app_access.ts";
import { answerJson } from "../../../broker/http/json_answer.ts";
import { readJson } from "../../../broker/http/read_body.ts";
import { define } from "../../../broker/http/state.ts";
import { OwnExplainBody } from "../../../broker/schema/explanation.ts";

/** The methods of this path. */
export const handler = define.handlers({
  async POST({ req, state: { broker } }) {
    const app = acceptedApp(broker, req);
    return answerJson(explainOwnPermission(broker, app, await readJson(req, OwnExplainBody)));
  },
});
