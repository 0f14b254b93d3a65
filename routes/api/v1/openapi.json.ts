/** `GET /api/v1/openapi.json`: what this API is. @module */
import { answerJson } from "../../../broker/http/json_answer.ts";
import { openApiDocument } from "../../../broker/http/openapi.ts";
import { define } from "../../../broker/http/state.ts";

/** The methods of this path. */
export const handler = define.handlers({
  GET: ({ state }) => answerJson(openApiDocument(state.web.version)),
});
