/** `GET /admin/v1/snapshot`: everything that the dashboard shows live. @module */
import { dashboardSnapshot } from "../../../broker/actions/dashboard_snapshot.ts";
import { answerJson } from "../../../broker/http/json_answer.ts";
import { readView } from "../../../broker/http/read_view.ts";
import { define } from "../../../broker/http/state.ts";

/** The methods of this path. */
export const handler = define.handlers({
  GET: async ({ url, state }) => answerJson(await dashboardSnapshot(state.broker, readView(url))),
});
