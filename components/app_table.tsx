/** Apps as a table: who is known here, in what state, and what each may do. @module */
import type { JSX } from "preact";
import type { AppView } from "../broker/schema/dashboard.ts";
import { appOrigin, AppTile, IdentityBadge } from "./app_heading.tsx";
import { fillText } from "./phrase.ts";
import { appName } from "./sentence.ts";
import { text } from "./text.ts";
import { TimeMark } from "./time_mark.tsx";
import { clockTime } from "./time_text.ts";

/** What a table of apps takes. */
export interface AppTableProps {
  readonly apps: readonly AppView[];
  /** How many connections each has open; none when absent. */
  readonly liveCounts: Readonly<Record<string, number>>;
  readonly nowMs: number;
}

/** The table; the name leads to the app's page. */
export function AppTable({ apps, liveCounts, nowMs }: AppTableProps): JSX.Element {
  const { columns } = text.apps;
  return (
    <table class="apps">
      <caption class="unseen">{text.pages.apps}</caption>
      <thead>
        <tr>
          <th scope="col">{columns.app}</th>
          <th scope="col">{columns.kind}</th>
          <th scope="col">{columns.state}</th>
          <th scope="col" class="number">{columns.permissions}</th>
          <th scope="col" class="number">{columns.live}</th>
          <th scope="col">{columns.since}</th>
        </tr>
      </thead>
      <tbody>
        {apps.map((app) => (
          <tr key={app.id} data-app={app.id}>
            <td class="cell-lead">
              <a class="app-link" href={`/apps/${app.id}`}>
                <AppTile app={app} />
                <span>
                  <b>
                    <bdi>{appName(app)}</bdi>
                  </b>
                  <span class="sub">
                    <bdi>{appOrigin(app)}</bdi>
                  </span>
                </span>
              </a>
            </td>
            <td data-label={columns.kind}>
              {text.kind[app.kind]} <IdentityBadge identity={app.identity} />
            </td>
            <td data-label={columns.state}>
              {appStateText(app, nowMs)}
            </td>
            <td class="number" data-label={columns.permissions}>{app.grantCount}</td>
            <td class="number" data-label={columns.live}>
              {liveCounts[app.id] ?? 0}
            </td>
            <td data-label={columns.since}>
              {app.installedAtMs !== null && <TimeMark atMs={app.installedAtMs} nowMs={nowMs} />}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** "Not installed yet", "Paused", "Silenced until 15:00", "May ask". */
export function appStateText(
  app: Pick<AppView, "state" | "pausedAtMs" | "silence">,
  nowMs: number,
): string {
  if (app.state === "pending-installation") return text.state.waitingInstallation;
  if (app.pausedAtMs !== null) return text.state.paused;
  const untilMs = app.silence?.untilMs ?? null;
  if (app.silence === null || (untilMs !== null && untilMs <= nowMs)) {
    return text.apps.stateInstalled;
  }
  return untilMs === null
    ? text.state.silenced
    : fillText(text.state.silencedUntil, { time: clockTime(untilMs, nowMs) });
}
