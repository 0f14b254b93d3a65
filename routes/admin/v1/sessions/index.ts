/** `GET /admin/v1/sessions`: the open connections that a query looks for, a page at a time. @module */
import { dashboardSnapshot } from "../../../../broker/actions/dashboard_snapshot.ts";
import { answerJson } from "../../../../broker/http/json_answer.ts";
import { readQuery } from "../../../../broker/http/read_body.ts";
import { define } from "../../../../broker/http/state.ts";
import { SessionQuery } from "../../../../broker/schema/list_query.ts";

/** The methods of this path. */
export const handler = define.handlers({
  async GET({ url, state: { broker } }) {
    const query = readQuery(url, SessionQuery);
    const { sessions, list } = await dashboardSnapshot(broker, { page: "connections", query });
    return answerJson({ sessions, list });
  },
});
