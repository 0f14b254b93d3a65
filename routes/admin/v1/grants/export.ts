/** `GET /admin/v1/grants/export`: permissions as a file. @module */
import { exportGrants } from "../../../../broker/actions/export_grants.ts";
import { answerJson } from "../../../../broker/http/json_answer.ts";
import { readQuery } from "../../../../broker/http/read_body.ts";
import { define } from "../../../../broker/http/state.ts";
import { GrantQuery } from "../../../../broker/schema/list_query.ts";

/** The methods of this path. */
export const handler = define.handlers({
  GET: ({ url, state }) => answerJson(exportGrants(state.broker, readQuery(url, GrantQuery))),
});
