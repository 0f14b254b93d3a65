/** What a list has beyond the page that is shown: how much there is, what came, and the next page. @module */
import type { JSX } from "preact";
import { type Dashboard, isInert } from "./dashboard_model.ts";
import { type ListPage, listUrl, queryOf } from "./list_query_text.ts";
import { setPaused } from "./pause.ts";
import { fillText } from "./phrase.ts";
import { plural } from "./plural.ts";
import { text } from "./text.ts";
import { ActButton } from "./act_button.tsx";

/** What both parts take. */
export interface ListPartProps {
  readonly dashboard: Dashboard;
  readonly page: ListPage;
  /** How many rows are shown. */
  readonly shown: number;
}

/** How much is shown of how much, what waits to be let in, and the pause. Its place is kept, so that nothing moves. */
export function ListHead({ dashboard, page, shown }: ListPartProps): JSX.Element {
  const { list } = dashboard.snapshot.value;
  const { view, held } = dashboard;
  const arrived = list?.arrived ?? 0;
  return (
    <div class="list-head">
      <span class="muted" role="status">{shownText(page, shown, list)}</span>
      <span class="arrivals">
        {arrived > 0 && (
          <a
            class="button small"
            href={listUrl(page, queryOf(view.value))}
            onClick={(event) => {
              if (isInert(dashboard)) return;
              event.preventDefault();
              // The same question again: the stream opens anew, with what there is now.
              view.value = { ...view.value };
            }}
          >
            {plural(arrived, text.list.arrived[page])}
          </a>
        )}
      </span>
      <ActButton
        class="small"
        pressed={held.value !== null}
        onPress={() => setPaused(dashboard, held.value === null)}
      >
        {text.list.pause}
      </ActButton>
    </div>
  );
}

function shownText(
  page: ListPage,
  shown: number,
  list: { readonly total: number; readonly matching: number } | null,
): string {
  const numbers = new Intl.NumberFormat();
  if (page === "history" || list === null) return plural(shown, text.list.entries);
  const of = plural(list.matching, text.count[page]);
  const all = fillText(text.list.shown, { shown: numbers.format(shown), all: of });
  return list.matching === list.total
    ? all
    : `${all} ${fillText(text.list.inAll, { total: numbers.format(list.total) })}`;
}

/** Links to the next page, and back to the first. */
export function ListPager({ dashboard, page }: Omit<ListPartProps, "shown">): JSX.Element | null {
  const { list } = dashboard.snapshot.value;
  const place = page === "history" ? "beforeSeq" : "cursor";
  const query = queryOf(dashboard.view.value);
  const isFirst = query[place] === undefined;
  const next = list?.next ?? null;
  if (isFirst && next === null) return null;
  return (
    <nav class="actions" aria-label={text.list.pages}>
      {!isFirst && (
        <a class="button small" href={listUrl(page, query, { [place]: null })}>
          {text.list.first}
        </a>
      )}
      {next !== null && (
        <a class="button small" href={listUrl(page, query, { [place]: next })}>
          {text.list.next}
        </a>
      )}
    </nav>
  );
}
