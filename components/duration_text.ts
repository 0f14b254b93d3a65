/** How long an answer holds: the choices of a card, and their words. @module */
import type { Duration } from "../broker/schema/duration.ts";
import { fillText } from "./phrase.ts";
import { text } from "./text.ts";
import { clockTime, spanText } from "./time_text.ts";

const minuteMs = 60_000;

/** The durations that a card offers, by the value of its select box. The first one is the default. */
export const durationChoices = {
  "until-app-closes": { kind: "until-app-closes" },
  "once": { kind: "once" },
  "10-minutes": { kind: "for", ms: 10 * minuteMs },
  "1-hour": { kind: "for", ms: 60 * minuteMs },
  "1-day": { kind: "for", ms: 24 * 60 * minuteMs },
  "always": { kind: "always" },
} as const satisfies Record<string, Duration>;

/** The value of the choice whose end the person writes: a date and a time. */
export const untilDate = "until";

/** The value of one duration choice. */
export type DurationChoice = keyof typeof durationChoices | typeof untilDate;

/** What a card starts with where nothing is set, and no last choice of the app is remembered. */
export const defaultDuration = "until-app-closes" satisfies DurationChoice;

/** Whether a text, from a form or from a browser's storage, names a choice. */
export function isDurationChoice(value: unknown): value is DurationChoice {
  return typeof value === "string" &&
    (value === untilDate || Object.hasOwn(durationChoices, value));
}

/** The fixed choices that hold no longer than policy lets an Allow hold; null: as long as the person likes. */
export function offeredDurations(
  longestMs: number | null,
): [keyof typeof durationChoices, Duration][] {
  const choices = Object.entries(durationChoices) as [keyof typeof durationChoices, Duration][];
  if (longestMs === null) return choices;
  return choices.filter(([, duration]) =>
    duration.kind !== "always" && (duration.kind !== "for" || duration.ms <= longestMs)
  );
}

/**
 * The duration that a date and time stand for, as `<input type="datetime-local">` writes them: here, without a zone. Null
 * for no time, one that is not to come, and one that is further off than policy lets an Allow hold.
 */
export function untilDuration(
  written: string,
  nowMs: number,
  longestMs: number | null,
): Duration | null {
  const atMs = new Date(written).getTime();
  if (!(atMs > nowMs) || (longestMs !== null && atMs > nowMs + longestMs)) return null;
  return { kind: "until", atMs };
}

/**
 * The remembered choice of an app, if it is offered: never "always" or a date, which are chosen anew each time. Else what
 * cards start with.
 */
export function rememberedChoice(
  stored: string | null,
  longestMs: number | null,
  otherwise: DurationChoice = defaultDuration,
): DurationChoice {
  if (!isDurationChoice(stored) || stored === "always" || stored === untilDate) return otherwise;
  const isOffered = offeredDurations(longestMs).some(([choice]) => choice === stored);
  return isOffered ? stored : otherwise;
}

/** A duration on its own: "Until Mail closes", "1 hour". */
export function durationLabel(duration: Duration, app: string, nowMs: number): string {
  switch (duration.kind) {
    case "once":
      return text.howLong.once;
    case "until-app-closes":
      return fillText(text.howLong.untilAppCloses, { app });
    case "for":
      return spanText(duration.ms);
    case "until":
      return fillText(text.howLong.until, { time: clockTime(duration.atMs, nowMs) });
    case "always":
      return text.howLong.always;
  }
}

/** A duration inside a sentence: "until Mail closes", "for 1 hour". */
export function durationClause(duration: Duration, app: string, nowMs: number): string {
  switch (duration.kind) {
    case "once":
      return text.forHowLong.once;
    case "until-app-closes":
      return fillText(text.forHowLong.untilAppCloses, { app });
    case "for":
      return fillText(text.forHowLong.span, { span: spanText(duration.ms) });
    case "until":
      return fillText(text.forHowLong.until, { time: clockTime(duration.atMs, nowMs) });
    case "always":
      return text.forHowLong.always;
  }
}
