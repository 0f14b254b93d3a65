/** A text to be sent to somebody: it stands there to be read, and a button copies it. @module */
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { ActButton } from "../components/act_button.tsx";
import { text } from "../components/text.ts";
import { TitledGroup } from "../components/titled_group.tsx";

/** What the island takes. */
export interface LetterProps {
  readonly letter: string;
  /** Whom to send it to; null where nobody says. */
  readonly contact: string | null;
}

/** Copying says that it worked. */
export default function Letter({ letter, contact }: LetterProps): JSX.Element {
  const [copied, setCopied] = useState(false);
  const { managed } = text;
  return (
    <TitledGroup id="letter" heading={managed.copy}>
      <div class="card">
        <p>
          {managed.copyHint} {contact !== null && <b class="wrap">{contact}</b>}
        </p>
        <pre tabIndex={0} role="region" aria-label={managed.letterLabel}>{letter}</pre>
        <p class="actions">
          <ActButton
            onPress={() => {
              void navigator.clipboard.writeText(letter).then(() => setCopied(true));
            }}
          >
            {text.card.copy}
          </ActButton>
          <span role="status">{copied ? managed.copied : ""}</span>
        </p>
      </div>
    </TitledGroup>
  );
}
