/** History as a list, newest first: when, what, who did it, and Restore where a permission was taken back. @module */
import type { JSX } from "preact";
import type { HistoryRow } from "../broker/schema/dashboard.ts";
import { fillText } from "./phrase.ts";
import { plainText } from "./plain_text.ts";
import { text } from "./text.ts";
import { TimeMark } from "./time_mark.tsx";
import { GuardedButton } from "./guarded_button.tsx";

/** What a history table takes. */
export interface HistoryTableProps {
  readonly rows: readonly HistoryRow[];
  readonly nowMs: number;
  readonly withApp: boolean;
  /** Restores what a row says was revoked; absent where that is not offered. */
  readonly onRestore?: (row: HistoryRow) => void;
  readonly inert?: boolean;
}

/** The table of entries. */
export function HistoryTable(props: HistoryTableProps): JSX.Element {
  const { columns } = text.history;
  return (
    <table class="history">
      <caption class="unseen">{text.pages.history}</caption>
      <thead>
        <tr>
          <th scope="col">{columns.when}</th>
          <th scope="col">{columns.what}</th>
          {props.withApp && <th scope="col">{columns.app}</th>}
          <th scope="col">{columns.by}</th>
          {props.onRestore !== undefined && (
            <th scope="col">
              <span class="unseen">{text.permissions.columns.acts}</span>
            </th>
          )}
        </tr>
      </thead>
      <tbody>
        {props.rows.map((row) => <Row key={row.seq} {...props} entry={row} />)}
      </tbody>
    </table>
  );
}

interface RowProps extends Omit<HistoryTableProps, "rows"> {
  readonly entry: HistoryRow;
}

function Row(props: RowProps): JSX.Element {
  const { entry, nowMs, withApp, onRestore } = props;
  const { columns } = text.history;
  const kind = text.history.kinds[entry.kind];
  const message = plainText(entry.message, 500);
  return (
    <tr data-seq={entry.seq}>
      <td class="when">
        <TimeMark atMs={entry.atMs} nowMs={nowMs} />
      </td>
      <td class="cell-main">
        {kind}
        {message !== `${kind}.` && (
          <span class="sub wrap">
            <bdi>{message}</bdi>
          </span>
        )}
      </td>
      {withApp && (
        <td data-label={columns.app}>
          {entry.appId !== null && (
            <a href={`/history?appId=${entry.appId}`}>
              <bdi>{plainText(entry.appName ?? "", 60)}</bdi>
            </a>
          )}
        </td>
      )}
      <td data-label={columns.by}>{text.history.actor[entry.actor]}</td>
      {onRestore !== undefined && (
        <td class="cell-acts">
          {entry.restores !== null && (
            <GuardedButton
              class="small"
              shown={String(entry.seq)}
              inert={props.inert ?? false}
              label={fillText(text.history.undoLabel, { message })}
              onPress={() => onRestore(entry)}
            >
              {text.history.undo}
            </GuardedButton>
          )}
        </td>
      )}
    </tr>
  );
}
