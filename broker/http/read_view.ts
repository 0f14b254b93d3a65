/** Reading what a stream or a snapshot of the dashboard is to show. @module */
import { DashboardView, ViewQuery } from "../schema/list_query.ts";
import { parseJson, parseWith, readQuery } from "./read_body.ts";

/**
 * The view that a URL asks for: that of the requests, when it asks for none.
 *
 * @throws ActionError `invalid-query`.
 */
export function readView(url: URL): DashboardView {
  const { view } = readQuery(url, ViewQuery);
  if (view === undefined) return { page: "requests" };
  return parseWith(DashboardView, parseJson(view, "invalid-query"), "invalid-query");
}

/**
 * Reads the query of a page through its schema. A field that a form sent empty chooses nothing.
 *
 * @throws ActionError `invalid-query`.
 */
export function readListQuery<Schema extends Parameters<typeof readQuery>[1]>(
  url: URL,
  schema: Schema,
): ReturnType<typeof readQuery<Schema>> {
  const chosen = new URL(url);
  for (const [name, value] of url.searchParams) if (value === "") chosen.searchParams.delete(name);
  return readQuery(chosen, schema);
}
