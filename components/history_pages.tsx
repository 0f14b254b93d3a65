/** Finding one's way in the history: a filter by app, and links to older and to the newest entries. @module */
import type { JSX } from "preact";
import type { AppView } from "../broker/schema/dashboard.ts";
import type { AppId } from "../broker/schema/ids.ts";
import { appName } from "./sentence.ts";
import { text } from "./text.ts";

/** What the filter takes. */
export interface HistoryFilterFormProps {
  readonly apps: readonly AppView[];
  readonly appId: AppId | null;
}

/** A plain GET form: the filter stands in the URL. */
export function HistoryFilterForm({ apps, appId }: HistoryFilterFormProps): JSX.Element {
  const words = text.history;
  const gone = appId !== null && !apps.some(({ id }) => id === appId);
  return (
    <form class="filter-form" method="get" action="/history">
      <label>
        <span class="unseen">{words.app}</span>
        <select name="appId">
          <option value="">{words.all}</option>
          {gone && <option value={appId} selected>{words.goneApp}</option>}
          {apps.map((app) => (
            <option key={app.id} value={app.id} selected={app.id === appId}>{appName(app)}</option>
          ))}
        </select>
      </label>
      <button type="submit">{words.show}</button>
    </form>
  );
}

/** What the pager takes. */
export interface HistoryPagerProps {
  readonly appId: AppId | null;
  /** The sequence number below which older entries are; null when there are none. */
  readonly older: number | null;
  readonly newest: boolean;
}

/** Links to the page before and to the first one. */
export function HistoryPager({ appId, older, newest }: HistoryPagerProps): JSX.Element {
  const query = (fields: Record<string, string>) => {
    const search = new URLSearchParams({ ...(appId !== null && { appId }), ...fields }).toString();
    return search === "" ? "/history" : `/history?${search}`;
  };
  return (
    <p class="actions">
      {!newest && <a href={query({})}>{text.history.newest}</a>}
      {older !== null && <a href={query({ beforeSeq: String(older) })}>{text.history.older}</a>}
    </p>
  );
}
