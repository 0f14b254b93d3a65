/** `POST /admin/v1/links`: a new launch link, which signs one browser in. @module */
import { answerJson } from "../../../broker/http/json_answer.ts";
import { define } from "../../../broker/http/state.ts";

/** The methods of this path. */
export const handler = define.handlers({
  POST: ({ state }) => answerJson(state.web.launchLinks.create(), 201),
});
