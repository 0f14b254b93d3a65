/** Paging by place, not by number: rows that come and go meanwhile neither repeat nor hide others. @module */

/** What a list is ordered by. */
export type SortKey = string | number;

/** How a list is ordered. Rows with equal keys stand in the order of their ids. */
export interface Order<Row> {
  readonly keyOf: (row: Row) => SortKey;
  readonly idOf: (row: Row) => string;
  readonly descending: boolean;
}

/** One page of a list. */
export interface ListPage<Row> {
  readonly rows: readonly Row[];
  /** The cursor of the page after this; null when this is the last. */
  readonly next: string | null;
}

/** The page of `limit` rows after a cursor; from the start when there is none. */
export function pageOf<Row>(
  rows: readonly Row[],
  order: Order<Row>,
  { cursor, limit }: { readonly cursor?: string | undefined; readonly limit: number },
): ListPage<Row> {
  const sign = order.descending ? -1 : 1;
  const compare = (a: Placed, b: Placed) => {
    if (a.key !== b.key) return a.key < b.key ? -sign : sign;
    return a.id === b.id ? 0 : a.id < b.id ? -1 : 1;
  };
  const after = cursor === undefined ? null : readCursor(cursor);
  const placed = rows.map((row) => ({ key: order.keyOf(row), id: order.idOf(row), row }));
  const rest = after === null ? placed : placed.filter((one) => compare(one, after) > 0);
  rest.sort(compare);
  const page = rest.slice(0, limit);
  const last = page.at(-1);
  return {
    rows: page.map(({ row }) => row),
    next: last !== undefined && rest.length > limit ? writeCursor(last) : null,
  };
}

interface Placed {
  readonly key: SortKey;
  readonly id: string;
}

/** `grant_…~n17` or `grant_…~sMail`: the id first, for it has no `~`. */
function writeCursor({ key, id }: Placed): string {
  return `${id}~${typeof key === "number" ? "n" : "s"}${key}`;
}

function readCursor(text: string): Placed {
  const at = text.indexOf("~");
  const key = text.slice(at + 2);
  return { id: text.slice(0, at), key: text[at + 1] === "n" ? Number(key) : key };
}
