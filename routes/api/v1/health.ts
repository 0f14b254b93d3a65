/** `GET /api/v1/health`: whether the broker is alive. @module */
import { answerJson } from "../../../broker/http/json_answer.ts";
import { define } from "../../../broker/http/state.ts";

/** The methods of this path. */
export const handler = define.handlers({
  GET: ({ state }) => answerJson({ status: "ok", version: state.web.version }),
});
