/** The way to the small window: opened as one where script runs, else a page like any other. @module */
import type { JSX } from "preact";
import { text } from "../components/text.ts";

/** Wide enough for a card, and no wider. */
const features = "popup,width=420,height=760";

/** A link. */
export default function SmallWindow(): JSX.Element {
  return (
    <a
      href="/prompt"
      onClick={(event) => {
        if (event.ctrlKey || event.metaKey || event.shiftKey) return;
        if (open("/prompt", "gatehouse-prompt", features) !== null) event.preventDefault();
      }}
    >
      {text.settings.compact}
    </a>
  );
}
