/** `GET /admin/v1/requests`: what is pending. @module */
import { pendingRequests } from "../../../../broker/actions/pending_requests.ts";
import { requestSummaries } from "../../../../broker/actions/request_summaries.ts";
import { requestView } from "../../../../broker/actions/request_view.ts";
import { answerJson } from "../../../../broker/http/json_answer.ts";
import { define } from "../../../../broker/http/state.ts";

/** The methods of this path. */
export const handler = define.handlers({
  GET({ state: { broker } }) {
    return answerJson({
      requests: pendingRequests(broker).map((request) => requestView(broker, request)),
      summaries: requestSummaries(broker),
    });
  },
});
