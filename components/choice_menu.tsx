/** A button that opens a short list of buttons: a native popover, so that Esc and clicks elsewhere close it. @module */
import type { ComponentChildren, JSX } from "preact";
import { useRef } from "preact/hooks";
import { ActButton } from "./act_button.tsx";

/** One entry of a menu. */
export interface Choice {
  readonly label: string;
  readonly onPress: () => void;
}

/** What a menu takes. */
export interface ChoiceMenuProps {
  /** Unique on the page. */
  readonly id: string;
  readonly class?: string;
  readonly label?: string;
  readonly inert?: boolean;
  readonly choices: readonly Choice[];
  /** One line above the choices on what they do. */
  readonly hint?: string;
  /** The single key that presses it while focus is on its card; what grants is only focused by its key. */
  readonly shortcut?: string;
  readonly children: ComponentChildren;
}

/** The button and its list. Tab goes from the button into the open list. */
export function ChoiceMenu(props: ChoiceMenuProps): JSX.Element {
  const list = useRef<HTMLDivElement>(null);
  return (
    <>
      <button
        type="button"
        class={props.class}
        popovertarget={props.id}
        aria-label={props.label}
        data-key={props.shortcut}
        aria-disabled={props.inert ? "true" : undefined}
        aria-haspopup="true"
        onClick={(event) => {
          if (props.inert) event.preventDefault();
        }}
      >
        {props.children}
      </button>
      <div id={props.id} class="menu" popover="auto" ref={list}>
        {props.hint !== undefined && <p class="note">{props.hint}</p>}
        {props.choices.map((choice) => (
          <ActButton
            key={choice.label}
            inert={props.inert ?? false}
            onPress={() => {
              list.current?.hidePopover();
              choice.onPress();
            }}
          >
            {choice.label}
          </ActButton>
        ))}
      </div>
    </>
  );
}
