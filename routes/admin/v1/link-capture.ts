/** `GET /admin/v1/link-capture`: which app may take links to which URLs. @module */
import { linkCaptures } from "../../../broker/actions/link_captures.ts";
import { answerJson } from "../../../broker/http/json_answer.ts";
import { define } from "../../../broker/http/state.ts";

/** The methods of this path. */
export const handler = define.handlers({
  GET: ({ state: { broker } }) => answerJson({ captures: linkCaptures(broker) }),
});
