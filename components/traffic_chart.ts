/** Draws the traffic of apps over time with uPlot, on a canvas: the table beside it says the same. @module */
import uPlot from "uplot";
import type { TrafficByApp } from "../broker/schema/dashboard.ts";
import { rateText } from "./bytes_text.ts";
import { chartData, seriesStyles } from "./traffic_series.ts";
import { language } from "./text.ts";

const heightPx = 200;
/** A chart on the page. */
export interface TrafficChart {
  show(traffic: TrafficByApp): void;
  stop(): void;
}

/** Draws into `place`, as wide as it is, and anew when its width or the colour scheme changes. */
export function drawTraffic(place: HTMLElement, first: TrafficByApp): TrafficChart {
  let traffic = first;
  let chart: uPlot | null = null;
  const draw = () => {
    chart?.destroy();
    chart = new uPlot(options(place, traffic), chartData(traffic) as uPlot.AlignedData, place);
  };
  const resized = new ResizeObserver(() => {
    if (place.clientWidth > 0) chart?.setSize({ width: place.clientWidth, height: heightPx });
  });
  const scheme = matchMedia("(prefers-color-scheme: dark)");
  scheme.addEventListener("change", draw);
  draw();
  resized.observe(place);
  return {
    show(next) {
      const same = namesOf(next) === namesOf(traffic);
      traffic = next;
      if (same) chart?.setData(chartData(traffic) as uPlot.AlignedData);
      else draw();
    },
    stop() {
      scheme.removeEventListener("change", draw);
      resized.disconnect();
      chart?.destroy();
    },
  };
}

function namesOf({ apps }: TrafficByApp): string {
  return JSON.stringify(apps.map(({ appId, appName }) => [appId, appName]));
}

function options(place: HTMLElement, { apps }: TrafficByApp): uPlot.Options {
  const words = colorOf(place, "--quiet");
  const axis = {
    stroke: words,
    grid: { stroke: colorOf(place, "--line"), width: 1 },
    ticks: { show: false },
    font: "12px system-ui, sans-serif",
  };
  const time = new Intl.DateTimeFormat(language, {
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
  });
  return {
    width: Math.max(160, place.clientWidth),
    height: heightPx,
    legend: { show: false },
    cursor: { show: false },
    series: [
      {},
      ...apps.map((_, n) => {
        const style = seriesStyles[n % seriesStyles.length] ?? seriesStyles[0];
        return {
          stroke: colorOf(place, style.color),
          dash: [...style.dash],
          width: 1.5,
          points: { show: false },
        };
      }),
    ],
    axes: [
      {
        ...axis,
        space: 80,
        incrs: [60, 120, 300],
        values: (_, seconds) => seconds.map((second) => time.format(second * 1000)),
      },
      { ...axis, size: 72, values: (_, rates) => rates.map((rate) => rateText(rate)) },
    ],
    scales: { y: { range: (_, _min, max) => [0, Math.max(1000, max * 1.1)] } },
  };
}

/** The colour of a variable as it is computed here: a canvas knows no variables. */
function colorOf(place: HTMLElement, name: string): string {
  const probe = document.createElement("span");
  probe.style.color = `var(${name})`;
  place.append(probe);
  const { color } = getComputedStyle(probe);
  probe.remove();
  return color;
}
