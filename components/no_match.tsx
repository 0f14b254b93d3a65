/** What stands in the place of a list in which nothing matches. @module */
import type { JSX } from "preact";
import type { ListPage } from "./list_query_text.ts";
import { text } from "./text.ts";

/** Says so, with the way back to all of it. */
export function NoMatch({ page }: { readonly page: ListPage }): JSX.Element {
  return (
    <p class="none">
      {text.list.noMatch} <a href={`/${page}`}>{text.list.clear}</a>
    </p>
  );
}
