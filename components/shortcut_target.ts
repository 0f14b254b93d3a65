/** What a shortcut acts on in the page: the card that has focus, the next row, the field to search in. @module */
import type { KeyAct } from "./shortcuts.ts";

const cards = "[data-request], [data-installation], [data-summary]";
const items = `main :is(${cards}), main tbody tr`;
const focusable = "a[href], button, input, select, summary, [tabindex]";

const searchFields = 'main input[type="search"], main input[name="q"]';

/** Whether keys pressed on an element are meant for it: it takes text, or is changed by keys. */
export function takesKeys(element: Element | null): boolean {
  return element !== null &&
    element.matches(
      "input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]",
    );
}

/** Whether arrow keys pressed on an element are its own. */
export function takesArrows(element: Element | null): boolean {
  return element !== null && element.matches("input[type=radio], pre, summary");
}

/** Does what a key says. Answers whether there was anything to do it to. */
export function performKey(act: KeyAct): boolean {
  const focused = document.activeElement;
  const card = focused?.closest(cards) ?? null;
  switch (act.kind) {
    case "press":
      return press(card?.querySelector<HTMLElement>(`[data-key="${act.key}"]`));
    case "move":
      return moveFrom(focused, act.by);
    case "focus":
      if (act.what === "allow") return focus(card?.querySelector<HTMLElement>('[data-key="a"]'));
      return focus(document.querySelector<HTMLElement>(
        act.what === "undo" ? ".last-place button" : searchFields,
      ));
    case "go":
      location.assign(act.path);
      return true;
    case "prefix":
    case "help":
      return false;
  }
}

/** A click by script: buttons that grant never take one (`Event.isTrusted`). */
function press(element: HTMLElement | null | undefined): boolean {
  element?.click();
  return element !== null && element !== undefined;
}

function focus(element: HTMLElement | null | undefined): boolean {
  element?.focus();
  return element !== null && element !== undefined;
}

function moveFrom(focused: Element | null, by: 1 | -1): boolean {
  const all = [...document.querySelectorAll<HTMLElement>(items)];
  const at = all.findIndex((item) => focused !== null && item.contains(focused));
  const next = all[at < 0 ? (by === 1 ? 0 : all.length - 1) : at + by];
  return focus(
    next?.querySelector<HTMLElement>("h3[tabindex]") ??
      next?.querySelector<HTMLElement>(focusable),
  );
}
