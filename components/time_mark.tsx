/** A point in time on the page, with the whole date in its title. @module */
import type { JSX } from "preact";
import { clockTime, wholeTime } from "./time_text.ts";

/** `14:05`, as a `<time>` that machines can read. */
export function TimeMark(
  { atMs, nowMs }: { readonly atMs: number; readonly nowMs: number },
): JSX.Element {
  return (
    <time dateTime={new Date(atMs).toISOString()} title={wholeTime(atMs)}>
      {clockTime(atMs, nowMs)}
    </time>
  );
}
