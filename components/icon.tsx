/** One icon of the sprite. @module */
import { asset } from "fresh/runtime";
import type { JSX } from "preact";

/** The symbols in `static/icons.svg`. */
export type IconName =
  | "requests"
  | "apps"
  | "connections"
  | "permissions"
  | "history"
  | "explain"
  | "policy"
  | "settings"
  | "bell"
  | "chevron"
  | "warning"
  | "check"
  | "cross"
  | "lock"
  | "unlock"
  | "verified"
  | "empty";

/** Decoration beside words, never instead of them: hidden from assistive technology. */
export function Icon({ name }: { readonly name: IconName }): JSX.Element {
  return (
    <svg class="icon" aria-hidden="true" width="16" height="16">
      <use href={`${asset("/icons.svg")}#${name}`} />
    </svg>
  );
}
