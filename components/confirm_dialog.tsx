/** The second step before something that reaches far: focus starts on Cancel, and the button repeats what it does. @module */
import type { ComponentChildren, JSX } from "preact";
import { useId, useLayoutEffect, useRef } from "preact/hooks";
import { GuardedButton } from "./guarded_button.tsx";
import { text } from "./text.ts";

/** What the dialog takes. */
export interface ConfirmDialogProps {
  readonly heading: string;
  /** What the confirm button says: the act, whole. */
  readonly act: string;
  /** Whether it takes something away rather than opening it. */
  readonly destructive?: boolean;
  readonly inert?: boolean;
  readonly onConfirm: () => void;
  readonly onCancel: () => void;
  readonly children: ComponentChildren;
}

/** A modal dialog, open as long as it is rendered. Esc and Cancel answer nothing. */
export function ConfirmDialog(props: ConfirmDialogProps): JSX.Element {
  const dialog = useRef<HTMLDialogElement>(null);
  const cancel = useRef<HTMLButtonElement>(null);
  const headingId = useId();
  useLayoutEffect(() => {
    dialog.current?.showModal();
    cancel.current?.focus();
  }, []);
  return (
    <dialog ref={dialog} class="confirm" aria-labelledby={headingId} onClose={props.onCancel}>
      <h2 id={headingId}>{props.heading}</h2>
      {props.children}
      <p class="actions">
        <button ref={cancel} type="button" class="large" onClick={() => dialog.current?.close()}>
          {text.confirm.cancel}
        </button>
        <GuardedButton
          class={props.destructive ? "large danger" : "large allow"}
          shown={props.act}
          inert={props.inert ?? false}
          onPress={props.onConfirm}
        >
          <bdi>{props.act}</bdi>
        </GuardedButton>
      </p>
    </dialog>
  );
}
