/** `/history/export/[kind]`: the history that a page's query looks for, as a file to keep: `csv` or `ndjson`. @module */
import { exportHistory } from "../../../broker/actions/export_history.ts";
import { answerFile } from "../../../broker/http/file_answer.ts";
import { readId } from "../../../broker/http/read_body.ts";
import { readListQuery } from "../../../broker/http/read_view.ts";
import { define } from "../../../broker/http/state.ts";
import { HistoryFileKind, HistoryQuery } from "../../../broker/schema/list_query.ts";

/** Answers the file; a link leads here, so that it needs no script. */
export const handler = define.handlers({
  GET({ url, params, state: { broker } }) {
    const kind = readId(params["kind"], HistoryFileKind);
    const query = readListQuery(url, HistoryQuery);
    return answerFile(broker, "history", kind, exportHistory(broker, query, kind));
  },
});
