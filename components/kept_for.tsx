/** How long things are kept, shown: nothing here can be set. @module */
import type { JSX } from "preact";
import { fillText } from "./phrase.ts";
import { language, text } from "./text.ts";
import { spanText } from "./time_text.ts";
import { TitledGroup } from "./titled_group.tsx";

/** Spans in milliseconds. */
export interface Kept {
  readonly history: { readonly maxAgeMs: number; readonly maxEntries: number };
  readonly requestMs: number;
  readonly unusedMs: number;
  readonly signInMs: number;
}

const number = new Intl.NumberFormat(language);

/** A row for each. */
export function KeptFor({ kept }: { readonly kept: Kept }): JSX.Element {
  const words = text.settings;
  const { maxAgeMs, maxEntries } = kept.history;
  return (
    <TitledGroup id="kept" heading={words.kept}>
      <dl class="facts">
        <dt>{words.keptHistory}</dt>
        <dd>
          {fillText(words.keptHistoryValue, {
            span: spanText(maxAgeMs),
            n: number.format(maxEntries),
          })}
        </dd>
        <dt>{words.keptRequests}</dt>
        <dd>{spanText(kept.requestMs)}</dd>
        <dt>{words.keptUnused}</dt>
        <dd>{spanText(kept.unusedMs)}</dd>
        <dt>{words.keptSignIn}</dt>
        <dd>{spanText(kept.signInMs)}</dd>
      </dl>
    </TitledGroup>
  );
}
