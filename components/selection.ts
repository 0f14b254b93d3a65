/** Which rows of a list are selected: by id, so that a selection outlives every refresh of the list. @module */

/** The selected rows, and the one from which a range begins. */
export interface Selection<Id extends string> {
  readonly ids: ReadonlySet<Id>;
  readonly anchor: Id | null;
}

/** Nothing selected. */
export function noSelection<Id extends string>(): Selection<Id> {
  return { ids: new Set(), anchor: null };
}

/**
 * Selects a row or takes it out.
 *
 * @param order The rows as they stand, for a range.
 * @param range Whether everything between this row and the one picked before it becomes as this one does.
 */
export function pick<Id extends string>(
  selection: Selection<Id>,
  order: readonly Id[],
  id: Id,
  { checked, range }: { readonly checked: boolean; readonly range: boolean },
): Selection<Id> {
  const from = selection.anchor === null ? -1 : order.indexOf(selection.anchor);
  const to = order.indexOf(id);
  const picked = range && from >= 0 && to >= 0
    ? order.slice(Math.min(from, to), Math.max(from, to) + 1)
    : [id];
  const ids = new Set(selection.ids);
  for (const one of picked) {
    if (checked) ids.add(one);
    else ids.delete(one);
  }
  return { ids, anchor: id };
}

/** All rows, or none. */
export function pickAll<Id extends string>(order: readonly Id[], checked: boolean): Selection<Id> {
  return { ids: new Set(checked ? order : []), anchor: null };
}
