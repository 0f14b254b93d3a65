/** The check boxes of a list whose rows are picked: one a row, and one for all that is shown. @module */
import type { JSX } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";

/** How the rows of a table are picked. */
export interface Picking {
  readonly picked: ReadonlySet<string>;
  onPick(id: string, how: { readonly checked: boolean; readonly range: boolean }): void;
  onPickAll(checked: boolean): void;
}

/** What a row's box takes. */
export interface PickBoxProps {
  readonly picking: Picking;
  readonly id: string;
  /** What it picks, for who does not see the row. */
  readonly label: string;
}

/** A row's box; with Shift, everything from the last one picked. In a form it sends the row's id. */
export function PickBox({ picking, id, label }: PickBoxProps): JSX.Element {
  return (
    <input
      type="checkbox"
      name="id"
      value={id}
      aria-label={label}
      checked={picking.picked.has(id)}
      onClick={(event) => {
        picking.onPick(id, { checked: event.currentTarget.checked, range: event.shiftKey });
      }}
    />
  );
}

/** What the box for all takes. */
export interface PickAllBoxProps {
  readonly picking: Picking;
  readonly shown: readonly string[];
  readonly label: string;
}

/** The box for all: half checked while some are picked. */
export function PickAllBox({ picking, shown, label }: PickAllBoxProps): JSX.Element {
  const box = useRef<HTMLInputElement>(null);
  const count = shown.filter((id) => picking.picked.has(id)).length;
  useLayoutEffect(() => {
    if (box.current) box.current.indeterminate = count > 0 && count < shown.length;
  });
  return (
    <input
      ref={box}
      type="checkbox"
      aria-label={label}
      checked={count > 0 && count === shown.length}
      onClick={(event) => picking.onPickAll(event.currentTarget.checked)}
    />
  );
}
