/** A list's query as its URL carries it. @module */
import type { DashboardView } from "../broker/schema/list_query.ts";

/** The pages that show a list with a query. */
export type ListPage = Extract<DashboardView, { readonly query: unknown }>["page"];

/** What a query may hold, by name; absent and empty members choose nothing. */
export type QueryFields = Readonly<Record<string, string | number | null | undefined>>;

/** What stands in no URL, because it is so anyway. */
const unsaid: Readonly<Record<ListPage, QueryFields>> = {
  permissions: { sort: "newest", limit: 100 },
  connections: { sort: "oldest", limit: 100 },
  history: { limit: 100 },
};

/** The URL of a list with a query, and with these members in the place of its own. */
export function listUrl(page: ListPage, query: QueryFields, more: QueryFields = {}): string {
  const fields = Object.entries({ ...query, ...more }).flatMap(([name, value]) => {
    const isSaid = value !== undefined && value !== null && value !== "" &&
      value !== unsaid[page][name];
    return isSaid ? [[name, String(value)]] : [];
  });
  const search = new URLSearchParams(fields).toString();
  return search === "" ? `/${page}` : `/${page}?${search}`;
}

/** The query of a view, where it has one. */
export function queryOf(view: DashboardView): QueryFields {
  return "query" in view ? view.query : {};
}
