/** A button that does something to the broker: it says when it can't, and keeps its place. @module */
import type { ComponentChildren, JSX } from "preact";

/** What an act button takes. */
export interface ActButtonProps {
  readonly onPress: (event: JSX.TargetedMouseEvent<HTMLButtonElement>) => void;
  /** Whether pressing does nothing just now: the stream is lost, or a call is under way. */
  readonly inert?: boolean;
  readonly class?: string;
  /** What it is called where its words alone don't say it; begins with those words. */
  readonly label?: string;
  readonly pressed?: boolean;
  readonly title?: string;
  /** The single key that presses it while focus is on its card; what grants is only focused by its key. */
  readonly shortcut?: string;
  readonly children: ComponentChildren;
}

/** A button. Inert ones stay focusable (`aria-disabled`), so that focus is not lost when the stream is. */
export function ActButton(props: ActButtonProps): JSX.Element {
  const { inert = false, onPress } = props;
  return (
    <button
      type="button"
      class={props.class}
      aria-label={props.label}
      data-key={props.shortcut}
      aria-pressed={props.pressed}
      aria-disabled={inert ? "true" : undefined}
      title={props.title}
      onClick={(event) => {
        if (!inert) onPress(event);
      }}
    >
      {props.children}
    </button>
  );
}
