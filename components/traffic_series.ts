/** The traffic of the last minutes, as a chart draws it and a table tells it. @module */
import type { TrafficByApp } from "../broker/schema/dashboard.ts";

/** Lines are told apart by colour and by their dashes. */
export const seriesStyles = [
  { color: "--iris-11", dash: [] },
  { color: "--jade-11", dash: [8, 4] },
  { color: "--red-11", dash: [2, 3] },
  { color: "--amber-12", dash: [12, 3, 2, 3] },
  { color: "--quiet", dash: [5, 5] },
  { color: "--slate-9", dash: [1, 2] },
] as const;

/** One app's traffic in figures. */
export interface TrafficFigures {
  readonly appId: string | null;
  readonly appName: string;
  /** Bytes per second in the last step, and in the busiest. */
  readonly now: number;
  readonly peak: number;
  /** Bytes in all steps. */
  readonly bytes: number;
  readonly rates: readonly number[];
}

/** Each app's figures, in the order of the series. */
export function trafficFigures({ apps, stepMs }: TrafficByApp): TrafficFigures[] {
  return apps.map(({ appId, appName, rates }) => ({
    appId,
    appName,
    rates,
    now: rates.at(-1) ?? 0,
    peak: Math.max(0, ...rates),
    bytes: rates.reduce((sum, rate) => sum + rate, 0) * stepMs / 1000,
  }));
}

/** Times in seconds, then one row of rates for each app: what uPlot draws. */
export function chartData({ apps, fromMs, stepMs }: TrafficByApp): number[][] {
  const steps = apps[0]?.rates.length ?? 0;
  const times = Array.from({ length: steps }, (_, n) => (fromMs + n * stepMs) / 1000);
  return [times, ...apps.map(({ rates }) => [...rates])];
}

/** The rates as a line, the `d` of an SVG path in a box of `width` by `height`; the highest rate touches the top. */
export function ratePath(rates: readonly number[], width: number, height: number): string {
  const peak = Math.max(1, ...rates);
  const points = rates.map((rate, n) => {
    const x = n / Math.max(1, rates.length - 1) * width;
    return `${x.toFixed(1)} ${(height - 0.5 - rate / peak * (height - 1)).toFixed(1)}`;
  });
  return points.length === 0 ? "" : `M${points.join("L")}`;
}
