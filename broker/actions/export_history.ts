/** The history as a file: all that a query looks for, read while it is written. @module */
import { csvRow } from "../core/csv.ts";
import type { HistoryEntry } from "../schema/history.ts";
import type { HistoryFileKind, HistoryQuery } from "../schema/list_query.ts";
import { historyPage } from "./history_page.ts";
import type { Broker } from "./ports.ts";

/** How many entries are read at once. */
const readAtOnce = 500;

/**
 * Every entry that a query looks for, newest first, whatever its page: as CSV with a row of names, or as one JSON object
 * a line, with the hashes that chain it.
 */
export async function* exportHistory(
  broker: Pick<Broker, "store" | "clock">,
  query: HistoryQuery,
  kind: HistoryFileKind,
): AsyncGenerator<string> {
  if (kind === "csv") yield csvRow(columns.map(([name]) => name));
  let next: number | null = null;
  do {
    const { beforeSeq: _, ...rest } = query;
    const place = next === null ? {} : { beforeSeq: next };
    const page = await historyPage(broker, { ...rest, ...place, limit: readAtOnce });
    yield page.entries.map((entry) =>
      kind === "csv"
        ? csvRow(columns.map(([, cellOf]) => cellOf(entry)))
        : `${JSON.stringify(entry)}\n`
    ).join("");
    next = page.next;
  } while (next !== null);
}

const columns: readonly (readonly [
  name: string,
  cellOf: (entry: HistoryEntry) => string | number | null,
])[] = [
  ["seq", ({ seq }) => seq],
  ["time", ({ atMs }) => new Date(atMs).toISOString()],
  ["kind", ({ kind }) => kind],
  ["actor", ({ actor }) => actor],
  ["app", ({ appName }) => appName],
  ["appId", ({ appId }) => appId],
  ["capability", ({ capability }) => capability],
  ["target", ({ target }) => target],
  ["message", ({ message }) => message],
  ["detail", ({ detail }) => JSON.stringify(detail)],
];
