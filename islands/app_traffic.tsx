/** How much flows for each app, over the last five minutes: a table with a line for each, and a chart of all on demand. @module */
import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import type { AppId } from "../broker/schema/ids.ts";
import { ActButton } from "../components/act_button.tsx";
import { closeSessions } from "../components/acts.ts";
import { bytesText, rateText } from "../components/bytes_text.ts";
import { type Dashboard, isInert } from "../components/dashboard_model.ts";
import { fillText } from "../components/phrase.ts";
import { plainText } from "../components/plain_text.ts";
import { text } from "../components/text.ts";
import type { TrafficChart } from "../components/traffic_chart.ts";
import {
  ratePath,
  seriesStyles,
  type TrafficFigures,
  trafficFigures,
} from "../components/traffic_series.ts";
import { useStage } from "../components/use_stage.ts";

/** What the island takes. */
export interface AppTrafficProps {
  readonly dashboard: Dashboard;
}

/** Nothing while nothing is open, and nothing flowed. */
export default function AppTraffic({ dashboard }: AppTrafficProps): JSX.Element | null {
  const stage = useStage(dashboard);
  const { traffic, counts } = dashboard.snapshot.value;
  const figures = traffic === null ? [] : trafficFigures(traffic);
  if (figures.length === 0 && counts.live === 0) return null;
  const words = text.traffic;
  return (
    <section class="traffic" aria-labelledby="traffic">
      <h2 id="traffic">{words.heading}</h2>
      <div class="group">
        {figures.length === 0 ? <p class="more muted">{words.nothing}</p> : (
          <table>
            <caption class="unseen">{words.heading}</caption>
            <thead>
              <tr>
                <th scope="col">{words.app}</th>
                <th scope="col">{words.line}</th>
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
        <Chart dashboard={dashboard} />
      </div>
    </section>
  );
}

/** The chart, once it is asked for: the library that draws it is as large as the rest of the page. */
function Chart({ dashboard }: AppTrafficProps): JSX.Element {
  const [open, setOpen] = useState(false);
  const place = useRef<HTMLDivElement>(null);
  const chart = useRef<TrafficChart | null>(null);
  const { traffic } = dashboard.snapshot.value;
  useEffect(() => {
    if (!open) return;
    let gone = false;
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
  }, [open, dashboard.snapshot]);
  useEffect(() => {
    if (traffic !== null) chart.current?.show(traffic);
  }, [traffic]);
  return (
    <details
      class="details more needs-script"
      onToggle={(event) => setOpen(event.currentTarget.open)}
    >
      <summary>{text.traffic.draw}</summary>
      <div ref={place} class="chart" role="img" aria-label={text.traffic.chart} />
    </details>
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
      <td>
        <svg class="key" viewBox="0 0 240 24" width="240" height="24" aria-hidden="true">
          <path d={ratePath(figure.rates, 240, 24)} fill="none" stroke={`var(${color})`} />
        </svg>
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
