/** A phrase on the page: the app's words and hosts kept apart from ours, in their own direction. @module */
import type { JSX } from "preact";
import type { HostPart, Phrase, PhrasePart } from "./phrase.ts";

/** A sentence with its marked parts. */
export function PhraseView({ phrase }: { readonly phrase: Phrase }): JSX.Element {
  return <>{phrase.map(renderPart)}</>;
}

function renderPart(part: PhrasePart): JSX.Element | string {
  if (typeof part === "string") return part;
  switch (part.kind) {
    case "app":
      return (
        <b class="app-name">
          <bdi>{part.name}</bdi>
        </b>
      );
    case "host":
      return <HostView host={part} />;
    case "strong":
      return (
        <b>
          <bdi>{part.text}</bdi>
        </b>
      );
  }
}

/** A host: its registrable domain in bold, and its A-label form beside a name written in Unicode. */
function HostView({ host }: { readonly host: HostPart }): JSX.Element {
  return (
    <span class="host">
      <bdi>
        {host.before}
        <b>{host.domain}</b>
      </bdi>
      {host.ascii !== null && (
        <>
          {" "}
          <span class="ascii">
            (<bdi>{host.ascii}</bdi>)
          </span>
        </>
      )}
    </span>
  );
}
