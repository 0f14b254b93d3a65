/** The keyboard's shortcuts, and the list of them, which opens by `?` and by its button. @module */
import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { ActButton } from "../components/act_button.tsx";
import { readBrowserChoices } from "../components/browser_choices.ts";
import { KeyMap } from "../components/key_map.tsx";
import { performKey, takesArrows, takesKeys } from "../components/shortcut_target.ts";
import { actOfKey, isPlainPress } from "../components/shortcuts.ts";
import { text } from "../components/text.ts";

/** How long a `g` waits for its letter. */
const prefixMs = 1500;

/** A button, and a dialog that is open only when asked for. */
export default function Keyboard(): JSX.Element {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    let prefixAtMs = -Infinity;
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.defaultPrevented || !isPlainPress(event)) return;
      const { activeElement } = document;
      // A question or a menu that is open has the keys to itself.
      if (takesKeys(activeElement) || document.querySelector("dialog[open], :popover-open")) return;
      if (event.key.startsWith("Arrow") && takesArrows(activeElement)) return;
      if (!readBrowserChoices(document.cookie).shortcuts) return;
      const act = actOfKey(event.key, event.timeStamp - prefixAtMs < prefixMs);
      prefixAtMs = act?.kind === "prefix" ? event.timeStamp : -Infinity;
      if (act?.kind === "help") dialog.current?.showModal();
      if (act !== null && (act.kind === "help" || performKey(act))) event.preventDefault();
    };
    document.addEventListener("keydown", onKeyDown);
    return () => document.removeEventListener("keydown", onKeyDown);
  }, []);
  return (
    <>
      <ActButton class="small text" onPress={() => dialog.current?.showModal()}>
        {text.keys.open}
      </ActButton>
      <dialog ref={dialog} aria-labelledby="keys">
        <h2 id="keys">{text.keys.heading}</h2>
        <KeyMap />
        <p class="actions">
          <button type="button" onClick={() => dialog.current?.close()}>{text.keys.close}</button>
        </p>
      </dialog>
    </>
  );
}
