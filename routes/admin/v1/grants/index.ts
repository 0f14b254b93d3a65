/** `GET /admin/v1/grants`: the grants that a query looks for, a page at a time. @module */
import { dashboardSnapshot } from "../../../../broker/actions/dashboard_snapshot.ts";
import { answerJson } from "../../../../broker/http/json_answer.ts";
import { readQuery } from "../../../../broker/http/read_body.ts";
import { define } from "../../../../broker/http/state.ts";
import { GrantQuery } from "../../../../broker/schema/list_query.ts";

/** The methods of this path. */
export const handler = define.handlers({
  async GET({ url, state: { broker } }) {
    const query = readQuery(url, GrantQuery);
    const { grants, list } = await dashboardSnapshot(broker, { page: "permissions", query });
    return answerJson({ grants, list });
  },
});
