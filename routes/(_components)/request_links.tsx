/** For browsers without script: what waits, as links to the pages on which it is answered. @module */
import type { JSX } from "preact";
import type { RequestView } from "../../broker/schema/dashboard.ts";
import { plainText } from "../../components/plain_text.ts";
import { appName } from "../../components/sentence.ts";
import { text } from "../../components/text.ts";

/** A link for each; nothing where script runs. */
export function RequestLinks(
  { requests }: { readonly requests: readonly RequestView[] },
): JSX.Element {
  return (
    <noscript>
      <p class="note">{text.requests.withoutScript}</p>
      <ul>
        {requests.map(({ id, app, target }) => (
          <li key={id}>
            <a href={`/requests/${id}`}>{appName(app)}: {plainText(target)}</a>
          </li>
        ))}
      </ul>
    </noscript>
  );
}
