/** The answer to a request as a plain form, for browsers without script; a broad answer takes a second step. @module */
import type { JSX } from "preact";
import type { RequestView } from "../../broker/schema/dashboard.ts";
import type { CardDuration } from "../../broker/schema/settings.ts";
import { AnswerFields } from "../../components/answer_fields.tsx";
import { BroadNotice } from "../../components/broad_notice.tsx";
import { type AnswerChoice, chosenAnswer, firstChoice } from "../../components/chosen_answer.ts";
import { durationClause } from "../../components/duration_text.ts";
import { fillText } from "../../components/phrase.ts";
import { PhraseView } from "../../components/phrase_view.tsx";
import { plainText } from "../../components/plain_text.ts";
import { previewSentence } from "../../components/preview.ts";
import { CardHints } from "../../components/card_hints.tsx";
import { appName } from "../../components/sentence.ts";
import { targetText } from "../../components/target_text.ts";
import { text } from "../../components/text.ts";
import type { Question } from "../requests/(_forms)/answer_form.ts";

/** What the form takes. */
export interface PlainAnswerFormProps {
  readonly view: RequestView;
  readonly nowMs: number;
  /** The longest that policy lets an Allow hold; null for as long as the person likes. */
  readonly longestMs: number | null;
  /** The duration that it starts with. */
  readonly cardDuration: CardDuration;
  readonly formToken: string;
  readonly question: Question;
}

/** The form, or its second step. */
export function PlainAnswerForm(props: PlainAnswerFormProps): JSX.Element {
  const { view, question } = props;
  const choice: AnswerChoice = question.choice ??
    firstChoice(view, props.cardDuration);
  return (
    <form class="group plain" method="post" action={`/requests/${view.id}`}>
      <input type="hidden" name="formToken" value={props.formToken} />
      <input type="hidden" name="reviewToken" value={view.reviewToken} />
      <div class="card">
        {question.problem !== null && (
          <p class="field-error" role="alert">{plainText(question.problem)}</p>
        )}
        {question.confirm
          ? <SecondStep {...props} choice={choice} />
          : <FirstStep {...props} choice={choice} />}
      </div>
    </form>
  );
}

interface StepProps extends PlainAnswerFormProps {
  readonly choice: AnswerChoice;
}

function FirstStep({ view, nowMs, longestMs, choice }: StepProps): JSX.Element {
  return (
    <>
      <AnswerFields
        view={view}
        app={appName(view.app)}
        nowMs={nowMs}
        longestMs={longestMs}
        value={choice}
      />
      <div class="actions">
        <Act act="deny" class="large deny">{text.card.denyOnce}</Act>
        <Act act="allow" class="large allow">{text.card.allow}</Act>
      </div>
      <div class="actions">
        <Act act="later">{text.card.later}</Act>
        <Act act="deny-10-minutes">{text.card.deny10Minutes}</Act>
        <Act act="deny-1-hour">{text.card.denyHour}</Act>
        <Act act="deny-always">{text.card.denyAlways}</Act>
        <Act act="deny-chosen">{text.card.denyAsChosen}</Act>
      </div>
      <div class="actions" role="group" aria-label={text.card.silenceWord}>
        <span>{text.card.silenceWord}</span>
        <Act act="silence-1-hour">{text.card.silenceHour}</Act>
        <Act act="silence-today">{text.card.silenceToday}</Act>
        <Act act="silence">{text.card.silenceOpen}</Act>
      </div>
      <CardHints waiting={view.waiting} />
    </>
  );
}

/** The same choice again, with what it opens; Cancel comes first. */
function SecondStep({ view, nowMs, longestMs, choice }: StepProps): JSX.Element {
  const app = appName(view.app);
  const chosen = chosenAnswer(view, choice, { nowMs, longestMs });
  const { target, broad, duration } = chosen;
  const preview = { ...chosen, capability: view.capability, app, broad: broad.length > 0 };
  const words = {
    target: targetText(target, view.capability),
    app,
    duration: duration === null ? "" : durationClause(duration, app, nowMs),
  };
  return (
    <>
      <h2>{fillText(text.confirm.question, words)}</h2>
      <BroadNotice reasons={broad} />
      <p class="preview">
        <PhraseView
          phrase={previewSentence({ ...preview, encrypted: view.secureTransport }, nowMs)}
        />
      </p>
      <input type="hidden" name="target" value={choice.target} />
      <input type="hidden" name="custom" value={choice.custom} />
      <input type="hidden" name="duration" value={choice.duration} />
      <input type="hidden" name="until" value={choice.until} />
      <input type="hidden" name="megabytes" value={choice.megabytes} />
      <input type="hidden" name="connections" value={choice.connections} />
      <input type="hidden" name="idleMinutes" value={choice.idleMinutes} />
      <input type="hidden" name="confirmed" value="yes" />
      <div class="actions">
        <a class="button large" href={`/requests/${view.id}`}>{text.confirm.cancel}</a>
        <Act act="allow" class="large allow">{fillText(text.confirm.allow, words)}</Act>
      </div>
    </>
  );
}

interface ActProps {
  readonly act: string;
  readonly class?: string;
  readonly children: string;
}

/** A submit button that names its act. */
function Act({ act, class: className = "small", children }: ActProps): JSX.Element {
  return <button type="submit" name="act" value={act} class={className}>{children}</button>;
}
