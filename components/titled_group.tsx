/** A part of a page: its heading, and a box below it. @module */
import type { ComponentChildren, JSX } from "preact";

/** What a titled group takes. */
export interface TitledGroupProps {
  /** The heading's id; unique on the page. */
  readonly id: string;
  readonly heading: string;
  readonly children: ComponentChildren;
}

/** The heading names the part. */
export function TitledGroup({ id, heading, children }: TitledGroupProps): JSX.Element {
  return (
    <section aria-labelledby={id}>
      <h2 id={id}>{heading}</h2>
      <div class="group">{children}</div>
    </section>
  );
}
