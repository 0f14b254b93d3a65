/** A button that grants: it lets through what a person pressed on purpose, and nothing else. @module */
import type { ComponentChildren, JSX } from "preact";
import { useRef } from "preact/hooks";
import { useAllowGuard } from "./use_allow_guard.ts";

/** What a guarded button takes. */
export interface GuardedButtonProps {
  readonly onPress: () => void;
  /** Stands for what pressing would grant; when it changes, the guard begins anew. */
  readonly shown: string;
  readonly inert?: boolean;
  readonly class?: string;
  readonly label?: string;
  /** The single key that presses it while focus is on its card; what grants is only focused by its key. */
  readonly shortcut?: string;
  readonly children: ComponentChildren;
}

/** `aria-disabled` while the guard waits, never `disabled`: nothing shifts, and focus stays. */
export function GuardedButton(props: GuardedButtonProps): JSX.Element {
  const button = useRef<HTMLButtonElement>(null);
  const guard = useAllowGuard(button, props.shown);
  const waits = !guard.ready || props.inert === true;
  return (
    <button
      ref={button}
      type="button"
      class={props.class}
      aria-label={props.label}
      data-key={props.shortcut}
      aria-disabled={waits ? "true" : undefined}
      onPointerDown={guard.onPointerDown}
      onKeyDown={guard.onKeyDown}
      onClick={(event) => {
        if (guard.passes(event) && props.inert !== true) props.onPress();
      }}
    >
      {props.children}
    </button>
  );
}
