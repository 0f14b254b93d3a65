/** The last part of a card: the request as it is stored, to read and to copy. @module */
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import type { RequestView } from "../broker/schema/dashboard.ts";
import { ActButton } from "./act_button.tsx";
import { escapedJson } from "./escaped_json.ts";
import { text } from "./text.ts";

/** Id, and the whole record as JSON; copying says that it worked. */
export function RequestDetails({ view }: { readonly view: RequestView }): JSX.Element {
  const [copied, setCopied] = useState(false);
  const { app, ...request } = view;
  const json = escapedJson({ ...request, app: { id: app.id, origin: app.origin, kind: app.kind } });
  return (
    <details class="details">
      <summary>{text.card.details}</summary>
      <dl>
        <dt>{text.card.requestId}</dt>
        <dd class="mono">{view.id}</dd>
        <dt>{text.card.askedFor}</dt>
        <dd class="mono">
          <bdi>{view.capability}</bdi>
        </dd>
      </dl>
      <pre tabIndex={0} role="region" aria-label={text.card.asJson}>{json}</pre>
      <p class="actions">
        <ActButton
          class="small"
          onPress={() => {
            void navigator.clipboard.writeText(json).then(() => setCopied(true));
          }}
        >
          {text.card.copy}
        </ActButton>
        <a href={`/requests/${view.id}`}>{text.card.open}</a>
        <span role="status">{copied ? text.card.copied : ""}</span>
      </p>
    </details>
  );
}
