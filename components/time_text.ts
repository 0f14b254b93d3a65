/** Points and spans of time in words, on a 24-hour clock. @module */
import { plural } from "./plural.ts";
import { language, text } from "./text.ts";

const secondMs = 1000;
const minuteMs = 60 * secondMs;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;

const clock = new Intl.DateTimeFormat(language, {
  hour: "2-digit",
  minute: "2-digit",
  hourCycle: "h23",
});
const day = new Intl.DateTimeFormat(language, { day: "numeric", month: "short" });
const dayOfYear = new Intl.DateTimeFormat(language, {
  day: "numeric",
  month: "short",
  year: "numeric",
});
const whole = new Intl.DateTimeFormat(language, {
  dateStyle: "full",
  timeStyle: "medium",
  hourCycle: "h23",
});

/** Whether two points in time fall on the same day here. */
function sameDay(aMs: number, bMs: number): boolean {
  return new Date(aMs).toDateString() === new Date(bMs).toDateString();
}

/** `14:05` today, `3 Nov, 14:05` on another day, with the year where that differs. */
export function clockTime(atMs: number, nowMs: number): string {
  const time = clock.format(atMs);
  if (sameDay(atMs, nowMs)) return time;
  const sameYear = new Date(atMs).getFullYear() === new Date(nowMs).getFullYear();
  return `${(sameYear ? day : dayOfYear).format(atMs)}, ${time}`;
}

/** A day and its year: `Nov 3, 2027`. */
export function dayText(atMs: number): string {
  return dayOfYear.format(atMs);
}

/** The whole date and time, for a title. */
export function wholeTime(atMs: number): string {
  return whole.format(atMs);
}

/** "just now", "3 minutes ago", "2 days ago". */
export function ago(atMs: number, nowMs: number): string {
  const pastMs = Math.max(0, nowMs - atMs);
  if (pastMs < secondMs) return text.time.justNow;
  if (pastMs < minuteMs) return plural(Math.floor(pastMs / secondMs), text.time.seconds);
  if (pastMs < hourMs) return plural(Math.floor(pastMs / minuteMs), text.time.minutes);
  if (pastMs < dayMs) return plural(Math.floor(pastMs / hourMs), text.time.hours);
  return plural(Math.floor(pastMs / dayMs), text.time.days);
}

/** "in 8 minutes", rounded up so that nothing ends before it was said to. */
export function inTime(atMs: number, nowMs: number): string {
  const leftMs = Math.max(0, atMs - nowMs);
  if (leftMs <= 90 * minuteMs) {
    return plural(Math.max(1, Math.ceil(leftMs / minuteMs)), text.time.inMinutes);
  }
  if (leftMs <= 36 * hourMs) return plural(Math.ceil(leftMs / hourMs), text.time.inHours);
  return plural(Math.ceil(leftMs / dayMs), text.time.inDays);
}

/** How long something lasts so far: `4 s`, `12 min`, `2 h 5 min`, `3 d`. */
export function age(sinceMs: number, nowMs: number): string {
  const spanMs = Math.max(0, nowMs - sinceMs);
  if (spanMs < minuteMs) return `${Math.floor(spanMs / secondMs)} s`;
  if (spanMs < hourMs) return `${Math.floor(spanMs / minuteMs)} min`;
  if (spanMs < dayMs) {
    const minutes = Math.floor((spanMs % hourMs) / minuteMs);
    return `${Math.floor(spanMs / hourMs)} h${minutes === 0 ? "" : ` ${minutes} min`}`;
  }
  return `${Math.floor(spanMs / dayMs)} d`;
}

/** A span in its largest whole unit: "10 minutes", "1 hour", "3 days". */
export function spanText(spanMs: number): string {
  if (spanMs % dayMs === 0) return plural(spanMs / dayMs, text.howLong.days);
  if (spanMs % hourMs === 0) return plural(spanMs / hourMs, text.howLong.hours);
  return plural(Math.max(1, Math.round(spanMs / minuteMs)), text.howLong.minutes);
}

/** The last millisecond of the day that holds `nowMs`, here. */
export function endOfDayMs(nowMs: number): number {
  const end = new Date(nowMs);
  end.setHours(23, 59, 59, 999);
  return end.getTime();
}
