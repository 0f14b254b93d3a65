/** History as a list, newest first: when, what, who did it, and Restore where a permission was taken back. @module */
import type { JSX } from "preact";
import type { HistoryEntry } from "../broker/schema/history.ts";
import { fillText } from "./phrase.ts";
import { plainText } from "./plain_text.ts";
import { text } from "./text.ts";
import { TimeMark } from "./time_mark.tsx";
import { GuardedButton } from "./guarded_button.tsx";

/** What a history table takes. */
export interface HistoryTableProps {
  readonly entries: readonly HistoryEntry[];
  readonly nowMs: number;
  readonly withApp: boolean;
  /** Restores what an entry says was revoked; absent where that is not offered. */
  readonly onRestore?: (entry: HistoryEntry) => void;
  /** Whether an entry's revocation can be undone. */
  readonly isRestorable?: (entry: HistoryEntry) => boolean;
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
        {props.entries.map((entry) => <HistoryRow key={entry.seq} {...props} entry={entry} />)}
      </tbody>
    </table>
  );
}

interface HistoryRowProps extends Omit<HistoryTableProps, "entries"> {
  readonly entry: HistoryEntry;
}

function HistoryRow(props: HistoryRowProps): JSX.Element {
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
          {props.isRestorable?.(entry) && (
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
