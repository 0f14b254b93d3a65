/** `/permissions/export`: the permissions that a page's query looks for, as a file to keep. @module */
import { exportGrants } from "../../broker/actions/export_grants.ts";
import { answerFile } from "../../broker/http/file_answer.ts";
import { readListQuery } from "../../broker/http/read_view.ts";
import { define } from "../../broker/http/state.ts";
import { GrantQuery } from "../../broker/schema/list_query.ts";

/** Answers the file; a link leads here, so that it needs no script. */
export const handler = define.handlers({
  GET({ url, state: { broker } }) {
    const file = exportGrants(broker, readListQuery(url, GrantQuery));
    return answerFile(broker, "permissions", "json", [JSON.stringify(file, null, 2), "\n"]);
  },
});
