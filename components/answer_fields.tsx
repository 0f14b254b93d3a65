/** Where, how long and how much: the fields of an answer, the same in a live card and in a plain form. @module */
import type { JSX } from "preact";
import type { RequestView } from "../broker/schema/dashboard.ts";
import { BudgetInputs } from "./budget_inputs.tsx";
import { type AnswerChoice, canBeLimited, customTarget } from "./chosen_answer.ts";
import {
  type DurationChoice,
  durationLabel,
  offeredDurations,
  untilDate,
} from "./duration_text.ts";
import { canBeNarrowed, narrowerHint, targetText } from "./target_text.ts";
import { text } from "./text.ts";

/** What answer fields take. */
export interface AnswerFieldsProps {
  readonly view: RequestView;
  readonly app: string;
  readonly nowMs: number;
  /** The longest that policy lets an Allow hold; null for as long as the person likes. */
  readonly longestMs: number | null;
  readonly value: AnswerChoice;
  /** Why the target written by hand was refused; null while it was not. */
  readonly error?: string | null;
  /** Absent in a form without script. */
  readonly onChange?: (value: AnswerChoice) => void;
}

/** Two field sets, the targets as radio buttons, narrowest first, and the duration as a select box; and a limit, folded up. */
export function AnswerFields(props: AnswerFieldsProps): JSX.Element {
  const { view, value, onChange } = props;
  const change = (part: Partial<AnswerChoice>) => onChange?.({ ...value, ...part });
  const name = (field: string) => onChange === undefined ? field : `${field}-${view.id}`;
  const narrower = canBeNarrowed(view);
  const howLongId = name("how-long");
  return (
    <div class="fields">
      <fieldset>
        <legend>{text.where.legend}</legend>
        {view.choices.length === 1 && !narrower
          ? <OnlyTarget view={view} name={name("target")} />
          : view.choices.map(({ target }) => (
            <label class="option" key={target}>
              <input
                type="radio"
                name={name("target")}
                value={target}
                checked={value.target === target}
                onChange={() => change({ target })}
              />
              <bdi>{targetText(target, view.capability)}</bdi>
            </label>
          ))}
        {narrower && <CustomTarget {...props} name={name} change={change} />}
      </fieldset>
      <fieldset>
        <legend id={howLongId}>{text.howLong.legend}</legend>
        <select
          name={name("duration")}
          aria-labelledby={howLongId}
          value={value.duration}
          onChange={(event) => change({ duration: event.currentTarget.value as DurationChoice })}
        >
          {offeredDurations(props.longestMs).map(([choice, duration]) => (
            <option key={choice} value={choice} selected={choice === value.duration}>
              {durationLabel(duration, props.app, props.nowMs)}
            </option>
          ))}
          <option value={untilDate} selected={value.duration === untilDate}>
            {text.howLong.untilDate}
          </option>
        </select>
        {(value.duration === untilDate || onChange === undefined) && (
          <input
            type="datetime-local"
            name={name("until")}
            aria-label={text.howLong.untilLabel}
            value={value.until}
            onInput={(event) => change({ until: event.currentTarget.value })}
          />
        )}
      </fieldset>
      {canBeLimited(view) && (
        <details class="details">
          <summary>{text.budget.set}</summary>
          <BudgetInputs fields={value} name={name} onChange={change} />
          <p class="note">{text.budget.cardHint}</p>
        </details>
      )}
    </div>
  );
}

/** The one target that there is: nothing to choose, so nothing to press. */
function OnlyTarget(
  { view, name }: { readonly view: RequestView; readonly name: string },
): JSX.Element {
  const target = view.choices[0]?.target ?? view.target;
  return (
    <span class="option">
      <input type="hidden" name={name} value={target} />
      <bdi>{targetText(target, view.capability)}</bdi>
    </span>
  );
}

interface CustomTargetProps extends AnswerFieldsProps {
  readonly name: (field: string) => string;
  readonly change: (part: Partial<AnswerChoice>) => void;
}

/**
 * The radio "other…" and its text field, which stands there from the start: choosing it moves nothing. Where the app has
 * named no host there is the field alone.
 */
function CustomTarget({ view, value, error, name, change }: CustomTargetProps): JSX.Element {
  const hintId = name("narrower");
  return (
    <div class="option option-other">
      {view.unaddressed
        ? <input type="hidden" name={name("target")} value={customTarget} />
        : (
          <label>
            <input
              type="radio"
              name={name("target")}
              value={customTarget}
              checked={value.target === customTarget}
              onChange={() => change({ target: customTarget })}
            />
            {text.where.other}
          </label>
        )}
      <input
        type="text"
        class="mono"
        name={name("custom")}
        aria-label={view.unaddressed ? text.where.namedLabel : text.where.otherLabel}
        aria-describedby={hintId}
        aria-invalid={error ? "true" : undefined}
        autocomplete="off"
        autocapitalize="off"
        spellcheck={false}
        maxLength={2048}
        placeholder={view.unaddressed ? text.where.namedExample : view.choices[0]?.target}
        value={value.custom}
        onInput={(event) =>
          change({ target: customTarget, custom: event.currentTarget.value.trim() })}
      />
      <span id={hintId} class={error ? "note field-error" : "note"}>
        {error ?? <bdi>{view.unaddressed ? text.where.namedHint : narrowerHint(view)}</bdi>}
      </span>
    </div>
  );
}
