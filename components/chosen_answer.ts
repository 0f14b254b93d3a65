/** What a card's fields amount to: the target, whether it is broad and why, and the duration. @module */
import type { BroadReason, RequestView } from "../broker/schema/dashboard.ts";
import type { Budget } from "../broker/schema/budget.ts";
import type { Duration } from "../broker/schema/duration.ts";
import { type BudgetFields, budgetOf, noBudget } from "./budget_fields.ts";
import { type DurationChoice, durationChoices, untilDate, untilDuration } from "./duration_text.ts";

/** The value of the radio that stands for a target written by hand. */
export const customTarget = "custom";

/** What the person has chosen. The fields of a limit are empty where it has none. */
export interface AnswerChoice extends BudgetFields {
  /** One of the offered targets, or {@link customTarget}. */
  readonly target: string;
  /** The target written by hand. */
  readonly custom: string;
  readonly duration: DurationChoice;
  /** The date and time written for {@link untilDate}; empty while there is none. */
  readonly until: string;
}

/** What a card begins with: the narrowest target, and no limit. */
export function firstChoice(view: RequestView, duration: DurationChoice): AnswerChoice {
  return { target: firstTarget(view), custom: "", duration, until: "", ...noBudget };
}

/** The target that a card begins with: the narrowest, or a field to be filled in where the app has named no host. */
function firstTarget(view: RequestView): string {
  return view.unaddressed ? customTarget : view.choices[0]?.target ?? view.target;
}

/** An answer as the fields have it. */
export interface ChosenAnswer {
  /** Empty while a target is still to be written. */
  readonly target: string;
  readonly broad: readonly BroadReason[];
  /** Null while a time that is to come is still to be written. */
  readonly duration: Duration | null;
  /** Null for none; undefined while a number is still to be written. */
  readonly budget: Budget | null | undefined;
}

/** When the fields are read, and how long policy lets an Allow hold; null: as long as the person likes. */
export interface AnswerTimes {
  readonly nowMs: number;
  readonly longestMs: number | null;
}

/**
 * Reads the fields of a card. A target written by hand counts as broad for the reasons of the widest one offered, which
 * covers it: too many second steps rather than one too few. A choice that is no longer offered falls back to the narrowest.
 */
export function chosenAnswer(
  view: RequestView,
  choice: AnswerChoice,
  { nowMs, longestMs }: AnswerTimes,
): ChosenAnswer {
  const duration = choice.duration === untilDate
    ? untilDuration(choice.until, nowMs, longestMs)
    : durationChoices[choice.duration];
  const budget = canBeLimited(view) ? budgetOf(choice) : null;
  if (choice.target === customTarget) {
    return { target: choice.custom, broad: view.choices.at(-1)?.broad ?? [], duration, budget };
  }
  const offered = view.choices.find(({ target }) => target === choice.target) ?? view.choices[0];
  return { target: offered?.target ?? view.target, broad: offered?.broad ?? [], duration, budget };
}

/** Whether an answer can have a limit: facts about the network carry no bytes. */
export function canBeLimited({ capability }: RequestView): boolean {
  return capability !== "network-info";
}
