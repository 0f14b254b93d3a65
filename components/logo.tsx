/** The mark of the product: a gate. @module */
import type { JSX } from "preact";

/** The gate, in the accent colour; decoration beside the name. */
export function Logo(): JSX.Element {
  return (
    <svg class="logo" width="20" height="20" viewBox="0 0 20 20" aria-hidden="true">
      <path d="M2 18V8.5a8 8 0 0 1 16 0V18h-4V8.7a4 4 0 0 0-8 0V18z" />
      <path d="M8.9 11h2.2v7H8.9z" />
    </svg>
  );
}
