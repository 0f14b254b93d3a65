/** Spans of time as policies write them. @module */

const unitMs = { m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** The milliseconds of `30m`, `8h` or `7d`, as `SpanText` of the schema lets it pass. */
export function spanMs(text: string): number {
  const unit = text.at(-1);
  if (unit !== "m" && unit !== "h" && unit !== "d") throw new TypeError(`No span: ${text}`);
  return Number(text.slice(0, -1)) * unitMs[unit];
}
