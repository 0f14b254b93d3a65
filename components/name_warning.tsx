/** What is odd about an app's name, said beside it. @module */
import type { JSX } from "preact";
import type { NameFlag } from "../broker/schema/manifest.ts";
import { Icon } from "./icon.tsx";
import { text } from "./text.ts";

/** One sentence for each thing that is odd; nothing for a name that is not. */
export function NameWarning(
  { flags }: { readonly flags: readonly NameFlag[] },
): JSX.Element | null {
  if (flags.length === 0) return null;
  return (
    <p class="note name-warning">
      <Icon name="warning" /> {flags.map((flag) => text.manifest.nameFlags[flag]).join(" ")}
    </p>
  );
}
