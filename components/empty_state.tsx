/** What a page says when it has nothing to list: the truth about what holds. @module */
import type { JSX } from "preact";
import { Icon } from "./icon.tsx";

/** What an empty state takes. */
export interface EmptyStateProps {
  readonly heading: string;
  readonly hint: string;
  readonly id?: string;
}

/** A heading that can take focus, and a sentence. */
export function EmptyState({ heading, hint, id }: EmptyStateProps): JSX.Element {
  return (
    <section class="empty">
      <Icon name="empty" />
      <h2 id={id} tabIndex={-1}>{heading}</h2>
      <p class="muted">{hint}</p>
    </section>
  );
}
