/** What an import would do, before it does it: what is new, what is broad, and what is left out and why. @module */
import type { JSX } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import type { ImportResult } from "../broker/schema/grants_file.ts";
import { GuardedButton } from "./guarded_button.tsx";
import { plainText } from "./plain_text.ts";
import { plural } from "./plural.ts";
import { targetText } from "./target_text.ts";
import { text } from "./text.ts";

/** What the review takes. */
export interface ImportReviewProps {
  readonly result: ImportResult;
  readonly inert: boolean;
  readonly onCancel: () => void;
  readonly onImport: (reviewToken: string) => void;
}

/** The dry run. Focus goes to its heading; importing grants, and so is guarded. */
export function ImportReview(props: ImportReviewProps): JSX.Element {
  const { counts, broad, rows, reviewToken } = props.result;
  const words = text.file;
  const heading = useRef<HTMLHeadingElement>(null);
  useLayoutEffect(() => heading.current?.focus(), []);
  const all = Object.values(counts).reduce((sum, count) => sum + count, 0);
  const more = all - counts.new + broad - rows.length;
  return (
    <div class="group review">
      <div class="card">
        <h3 ref={heading} tabIndex={-1}>{words.dryRun}</h3>
        <p>
          {plural(counts.new, words.wouldImport)} {broad > 0 && plural(broad, words.broad)}
        </p>
        <p class="actions">
          <button type="button" onClick={props.onCancel}>{words.cancel}</button>
          {counts.new > 0 && reviewToken !== null && (
            <GuardedButton
              class="allow"
              shown={reviewToken}
              inert={props.inert}
              onPress={() => props.onImport(reviewToken)}
            >
              {plural(counts.new, words.confirm)}
            </GuardedButton>
          )}
        </p>
      </div>
      {rows.length > 0 && <Rows rows={rows} />}
      {more > 0 && <p class="more">{plural(more, words.more)}</p>}
    </div>
  );
}

function Rows({ rows }: Pick<ImportResult, "rows">): JSX.Element {
  const { columns, outcomes } = text.file;
  return (
    <table>
      <caption class="unseen">{text.file.dryRun}</caption>
      <thead>
        <tr>
          <th scope="col">{text.permissions.columns.app}</th>
          <th scope="col">{columns.permission}</th>
          <th scope="col">{columns.outcome}</th>
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={row.index} data-outcome={row.outcome}>
            <td class="cell-lead">
              <bdi>{plainText(row.appName, 60)}</bdi>
            </td>
            <td class="cell-main">
              <span class="mono wrap">
                <bdi>{targetText(row.target, row.capability)}</bdi>
              </span>
              <span class="sub">
                {text.permissions[row.effect]} · {text.capability[row.capability]}
              </span>
            </td>
            <td data-label={columns.outcome}>
              {outcomes[row.outcome]}
              {row.detail !== null && <span class="sub">{plainText(row.detail, 300)}</span>}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
