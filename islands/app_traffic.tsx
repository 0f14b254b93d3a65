/** How much flows for each app, over the last five minutes: a chart, and a table that says the same. @module */
import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import type { AppId } from "../broker/schema/ids.ts";
import { ActButton } from "../components/act_button.tsx";
import { closeSessions } from "../components/acts.ts";
import { bytesText, rateText } from "../components/bytes_text.ts";
import { type Dashboard, isInert } from "../components/dashboard_model.ts";
import { fillText } from "../components/phrase.ts";
import { plainText } from "../components/plain_text.ts";
import { text } from "../components/text.ts";
import type { TrafficChart } from "../components/traffic_chart.ts";
import { seriesStyles, type TrafficFigures, trafficFigures } from "../components/traffic_series.ts";
import { useStage } from "../components/use_stage.ts";

/** What the island takes. */
export interface AppTrafficProps {
  readonly dashboard: Dashboard;
}

/** While something is open its place is kept, so that the list below does not move when something flows. */
export default function AppTraffic({ dashboard }: AppTrafficProps): JSX.Element | null {
  const stage = useStage(dashboard);
  const place = useRef<HTMLDivElement>(null);
  const chart = useRef<TrafficChart | null>(null);
  const { traffic } = dashboard.snapshot.value;
  const figures = traffic === null ? [] : trafficFigures(traffic);
  const words = text.traffic;
  const shown = figures.length > 0 || dashboard.snapshot.value.counts.live > 0;
  useEffect(() => {
    let gone = false;
    if (!shown) return;
    // Only here, and only once the page is alive: the table tells the same meanwhile.
    void import("../components/traffic_chart.ts").then(({ drawTraffic }) => {
      const now = dashboard.snapshot.peek().traffic;
      if (!gone && place.current !== null && now !== null) {
        chart.current = drawTraffic(place.current, now);
      }
    });
    return () => {
      gone = true;
      chart.current?.stop();
      chart.current = null;
    };
  }, [dashboard.snapshot, shown]);
  useEffect(() => {
    if (traffic !== null) chart.current?.show(traffic);
  }, [traffic]);
  if (!shown) return null;
  return (
    <section class="traffic" aria-labelledby="traffic">
      <h2 id="traffic">{words.heading}</h2>
      <div class="group">
        <div ref={place} class="chart" role="img" aria-label={words.chart} />
        {figures.length === 0 ? <p class="muted none">{words.nothing}</p> : (
          <table>
            <caption class="unseen">{words.heading}</caption>
            <thead>
              <tr>
                <th scope="col">{words.app}</th>
                <th scope="col" class="number">{words.now}</th>
                <th scope="col" class="number">{words.peak}</th>
                <th scope="col" class="number">{words.bytes}</th>
                <th scope="col">
                  <span class="unseen">{text.connections.columns.acts}</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {figures.map((figure, n) => (
                <Row
                  key={figure.appId}
                  figure={figure}
                  style={n}
                  inert={isInert(dashboard)}
                  onClose={(appId, name) => void closeSessions(stage, appId, name).catch(() => {})}
                />
              ))}
            </tbody>
          </table>
        )}
      </div>
    </section>
  );
}

interface RowProps {
  readonly figure: TrafficFigures;
  readonly style: number;
  readonly inert: boolean;
  readonly onClose: (appId: AppId, name: string) => void;
}

function Row({ figure, style, inert, onClose }: RowProps): JSX.Element {
  const words = text.traffic;
  const { appId } = figure;
  const name = appId === null ? words.others : plainText(figure.appName, 60) || "?";
  const { color, dash } = seriesStyles[style % seriesStyles.length] ?? seriesStyles[0];
  return (
    <tr>
      <td class="cell-lead">
        <svg class="key" viewBox="0 0 24 4" width="24" height="4" aria-hidden="true">
          <path d="M0 2H24" stroke={`var(${color})`} stroke-dasharray={dash.join(" ")} />
        </svg>{" "}
        <bdi>{name}</bdi>
      </td>
      <td class="number" data-label={words.now}>{rateText(figure.now)}</td>
      <td class="number" data-label={words.peak}>{rateText(figure.peak)}</td>
      <td class="number" data-label={words.bytes}>{bytesText(figure.bytes)}</td>
      <td class="cell-acts">
        {appId !== null && (
          <ActButton
            class="small"
            inert={inert}
            label={fillText(words.closeAllLabel, { app: name })}
            onPress={() => onClose(appId as AppId, name)}
          >
            {words.closeAll}
          </ActButton>
        )}
      </td>
    </tr>
  );
}
