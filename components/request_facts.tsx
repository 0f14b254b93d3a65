/** What a card says before it asks: sentence, consequence, the app's reason, and the context (design section 14). @module */
import type { JSX } from "preact";
import type { RequestView } from "../broker/schema/dashboard.ts";
import { consequences } from "./consequence.ts";
import { PhraseView } from "./phrase_view.tsx";
import { plainText } from "./plain_text.ts";
import { contextSentences } from "./request_context.ts";
import { requestSentence } from "./sentence.ts";
import { text } from "./text.ts";

/** What the facts take. */
export interface RequestFactsProps {
  readonly view: RequestView;
  readonly nowMs: number;
  /** Id of the sentence, which names the card. */
  readonly headingId: string;
}

/** The facts of a request in reading order. */
export function RequestFacts({ view, nowMs, headingId }: RequestFactsProps): JSX.Element {
  return (
    <>
      <h3 id={headingId} class="sentence" tabIndex={-1}>
        <PhraseView phrase={requestSentence(view, view.app.claims.name)} />
      </h3>
      <div class="consequence">
        {consequences(view).map((line) => <p key={line}>{line}</p>)}
      </div>
      <AppReason reason={view.reason} />
      <p class="note">{contextSentences(view, nowMs).join(" ")}</p>
    </>
  );
}

/** The app's own words, said to be the app's. */
export function AppReason({ reason }: { readonly reason: string | null }): JSX.Element {
  const words = plainText(reason ?? "", 140);
  if (words === "") return <p class="note">{text.reason.none}</p>;
  return (
    <p class="reason">
      <span class="muted">{text.reason.label}</span> “<bdi>{words}</bdi>”
    </p>
  );
}
