/** `GET /admin/v1/host-access-requests`: the requests that are shown now. @module */
import { hostAccessViews } from "../../../../broker/actions/host_access_view.ts";
import { answerJson } from "../../../../broker/http/json_answer.ts";
import { define } from "../../../../broker/http/state.ts";

/** The methods of this path. */
export const handler = define.handlers({
  GET: ({ state: { broker } }) => answerJson({ requests: hostAccessViews(broker) }),
});
