/** What each app could do right now, a sentence an app, live. @module */
import type { JSX } from "preact";
import { accessSentence } from "../components/access_sentence.ts";
import type { Dashboard } from "../components/dashboard_model.ts";
import { PhraseView } from "../components/phrase_view.tsx";
import { text } from "../components/text.ts";

/** A line for each app that could do anything, or nothing where none could. */
export default function AppAccess(
  { dashboard }: { readonly dashboard: Dashboard },
): JSX.Element | null {
  const { access } = dashboard.snapshot.value;
  const words = text.permissions.access;
  if (access.length === 0) return null;
  return (
    <section aria-labelledby="access">
      <h2 id="access">{words.heading}</h2>
      <ul>
        {access.map((one) => (
          <li key={one.appId} data-access={one.appId}>
            <PhraseView phrase={accessSentence(one)} />
          </li>
        ))}
      </ul>
    </section>
  );
}
