/** The history as a file: links that export what the filters choose, and need no script. @module */
import type { JSX } from "preact";
import type { Dashboard } from "../components/dashboard_model.ts";
import { listUrl, queryOf } from "../components/list_query_text.ts";
import { text } from "../components/text.ts";

/** What the island takes. */
export interface HistoryFilesProps {
  readonly dashboard: Dashboard;
}

/** One link for each form of file. */
export default function HistoryFiles({ dashboard }: HistoryFilesProps): JSX.Element {
  const words = text.history.file;
  const { search } = new URL(
    listUrl("history", queryOf(dashboard.view.value), { beforeSeq: null, limit: null }),
    "http://localhost",
  );
  return (
    <section aria-labelledby="file">
      <h2 id="file">{words.heading}</h2>
      <p class="note">{words.hint}</p>
      <p class="actions">
        <a class="button small" download href={`/history/export/csv${search}`}>{words.csv}</a>
        <a class="button small" download href={`/history/export/ndjson${search}`}>{words.ndjson}</a>
      </p>
    </section>
  );
}
