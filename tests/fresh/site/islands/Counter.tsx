/**
 * A counter on a signal that others may share.
 * @module
 */
import type { Signal } from "@preact/signals";
import type { VNode } from "preact";

/** Shows and raises a count. */
export default function Counter({ name, count }: { name: string; count: Signal<number> }): VNode {
  return (
    <button type="button" id={name} class="counter" onClick={() => count.value++}>
      {name}: {count}
    </button>
  );
}

/** A named export that is an island of its own. */
export function Doubled({ count }: { count: Signal<number> }): VNode {
  return <output id="doubled">{count.value * 2}</output>;
}
