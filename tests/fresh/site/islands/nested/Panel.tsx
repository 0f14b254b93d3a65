/**
 * A panel around content from the server.
 * @module
 */
import { useSignal } from "@preact/signals";
import type { ComponentChildren, VNode } from "preact";

/** Shows its title always and its content once opened. */
export default function Panel(
  { title, open, children }: { title: VNode; open: boolean; children?: ComponentChildren },
): VNode {
  const isOpen = useSignal(open);
  return (
    <section class="panel">
      <button type="button" onClick={() => isOpen.value = !isOpen.value}>{title}</button>
      {isOpen.value ? <div class="content">{children}</div> : null}
    </section>
  );
}
