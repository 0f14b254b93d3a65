/** `POST /admin/v1/explain`: what would be decided for an app, and everything that goes into it. @module */
import { explainPermission } from "../../../broker/actions/explain_permission.ts";
import { answerJson } from "../../../broker/http/json_answer.ts";
import { readJson } from "../../../broker/http/read_body.ts";
import { define } from "../../../broker/http/state.ts";
import { ExplainBody } from "../../../broker/schema/explanation.ts";

/** The methods of this path. */
export const handler = define.handlers({
  async POST({ req, state: { broker } }) {
    return answerJson(await explainPermission(broker, await readJson(req, ExplainBody)));
  },
});
