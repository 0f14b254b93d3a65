/** Which key does what: single keys of the dashboard, none of which grants (WCAG 2.2, 2.1.4: they can be switched off). @module */

/** Where `g` and a letter lead. */
export const goKeys = {
  r: "/",
  a: "/apps",
  c: "/connections",
  p: "/permissions",
  h: "/history",
  e: "/explain",
  o: "/policy",
  s: "/settings",
} as const;

/** What a key does. */
export type KeyAct =
  /** The next key says where to go. */
  | { readonly kind: "prefix" }
  | { readonly kind: "go"; readonly path: string }
  /** To the next card or row, or to the one before. */
  | { readonly kind: "move"; readonly by: 1 | -1 }
  /** Presses the button of this key on the card that has focus. */
  | { readonly kind: "press"; readonly key: string }
  /** Puts focus on it, and no more: it grants, or may. */
  | { readonly kind: "focus"; readonly what: "allow" | "undo" | "search" }
  | { readonly kind: "help" };

/** Keys of a card, by the `data-key` of its buttons. */
const cardKeys = new Set(["d", "l", "s", "o"]);

/** What a key does, or null. `afterPrefix`: whether the key before was `g`. */
export function actOfKey(key: string, afterPrefix: boolean): KeyAct | null {
  if (afterPrefix) {
    const path = Object.entries(goKeys).find(([letter]) => letter === key)?.[1];
    return path === undefined ? null : { kind: "go", path };
  }
  if (cardKeys.has(key)) return { kind: "press", key };
  switch (key) {
    case "g":
      return { kind: "prefix" };
    case "j":
    case "ArrowDown":
      return { kind: "move", by: 1 };
    case "k":
    case "ArrowUp":
      return { kind: "move", by: -1 };
    case "a":
      return { kind: "focus", what: "allow" };
    case "z":
      return { kind: "focus", what: "undo" };
    case "/":
      return { kind: "focus", what: "search" };
    case "?":
      return { kind: "help" };
    default:
      return null;
  }
}

/** The facts of a key press that tell whether it is one of ours. */
export interface KeyPress {
  readonly key: string;
  readonly repeat: boolean;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly altKey: boolean;
  readonly isComposing: boolean;
}

/** Whether a press can be a shortcut at all: alone, not held, and not a part of a word that is being composed. */
export function isPlainPress(press: KeyPress): boolean {
  return !press.repeat && !press.ctrlKey && !press.metaKey && !press.altKey && !press.isComposing;
}
