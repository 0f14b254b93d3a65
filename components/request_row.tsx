/** A card folded to its sentence: the further requests of an app, each a press away from its card. @module */
import type { JSX } from "preact";
import type { RequestView } from "../broker/schema/dashboard.ts";
import { phraseText } from "./phrase.ts";
import { PhraseView } from "./phrase_view.tsx";
import { requestSentence } from "./sentence.ts";
import { text } from "./text.ts";

/** What a row takes. */
export interface RequestRowProps {
  readonly view: RequestView;
  readonly onOpen: () => void;
}

/** The sentence, and a button that unfolds the card in this place. */
export function RequestRow({ view, onOpen }: RequestRowProps): JSX.Element {
  const headingId = `ask-${view.id}`;
  const sentence = requestSentence(view, view.app.claims.name);
  return (
    <article class="card card-row" aria-labelledby={headingId} data-request={view.id}>
      <h3 id={headingId} tabIndex={-1}>
        <PhraseView phrase={sentence} />
      </h3>
      <button
        type="button"
        class="small"
        data-key="o"
        aria-label={`${text.card.unfold}: ${phraseText(sentence)}`}
        onClick={onOpen}
      >
        {text.card.unfold}
      </button>
    </article>
  );
}
