/** The card of one request: everything that design section 14 puts on it, in reading order. @module */
import type { JSX } from "preact";
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import type { AnswerBody } from "../broker/schema/admin_api.ts";
import type { Duration } from "../broker/schema/duration.ts";
import { ActButton } from "./act_button.tsx";
import { answerRequest, postponeRequest, silenceApp, type Stage } from "./acts.ts";
import { AdminError } from "./admin_client.ts";
import { AnswerFields } from "./answer_fields.tsx";
import { BroadNotice } from "./broad_notice.tsx";
import { CardHints } from "./card_hints.tsx";
import { ChoiceMenu } from "./choice_menu.tsx";
import { chosenAnswer, firstChoice } from "./chosen_answer.ts";
import { ConfirmDialog } from "./confirm_dialog.tsx";
import { isInert } from "./dashboard_model.ts";
import { DenyButton } from "./deny_button.tsx";
import { durationClause, rememberedChoice } from "./duration_text.ts";
import { GuardedButton } from "./guarded_button.tsx";
import { Icon } from "./icon.tsx";
import type { CardEvent, ShownRequest } from "./inbox.ts";
import { explainPath } from "./explain_path.ts";
import { fillText } from "./phrase.ts";
import { PhraseView } from "./phrase_view.tsx";
import { previewSentence } from "./preview.ts";
import { RequestDetails } from "./request_details.tsx";
import { RequestFacts } from "./request_facts.tsx";
import { appName } from "./sentence.ts";
import { targetText } from "./target_text.ts";
import { text } from "./text.ts";
import { endOfDayMs } from "./time_text.ts";
import { useSeen } from "./use_seen.ts";

/** What a card takes. */
export interface RequestCardProps {
  readonly entry: ShownRequest;
  readonly stage: Stage;
  readonly nowMs: number;
  readonly onEvent: (event: CardEvent) => void;
}

const memoryKey = (appId: string) => `gatehouse.duration.${appId}`;

/** One request, to be answered. */
export function RequestCard({ entry, stage, nowMs, onEvent }: RequestCardProps): JSX.Element {
  const { view, ended, changed } = entry;
  const [choice, setChoice] = useState(() =>
    firstChoice(view, stage.dashboard.snapshot.value.cardDuration)
  );
  const [busy, setBusy] = useState(false);
  const [confirming, setConfirming] = useState(false);
  const [error, setError] = useState<AdminError | null>(null);

  const { longestDurationMs: longestMs, cardDuration } = stage.dashboard.snapshot.value;
  // Before the first paint, so that nobody sees or answers with another duration than the remembered one.
  useLayoutEffect(() => {
    const remembered = localStorage.getItem(memoryKey(view.appId));
    const duration = rememberedChoice(remembered, longestMs, cardDuration);
    setChoice((before) => ({ ...before, duration }));
  }, [view.appId, longestMs, cardDuration]);

  const card = useRef<HTMLElement>(null);
  useSeen(card, {
    id: view.id,
    isSeen: view.seenAtMs !== null,
    say: () => stage.client.seen(view.id),
  });

  const app = appName(view.app);
  const chosen = chosenAnswer(view, choice, { nowMs, longestMs });
  const broad = chosen.broad.length > 0;
  const inert = busy || ended || isInert(stage.dashboard);
  const targetError = error?.fields.some(({ pointer }) => pointer === "/target") ?? false;
  const stale = changed || error?.type === "stale-review";

  async function run(perform: () => Promise<void>, event: CardEvent): Promise<void> {
    setBusy(true);
    setError(null);
    try {
      await perform();
      onEvent(event);
    } catch (fault) {
      if (!(fault instanceof AdminError)) throw fault;
      setError(fault);
    } finally {
      setBusy(false);
      setConfirming(false);
    }
  }
  const answer = (effect: AnswerBody["effect"], duration: Duration | null) => {
    if (duration === null) return Promise.resolve();
    const target = effect === "allow" ? chosen.target : view.target;
    const budget = effect === "allow" && chosen.budget;
    const { reviewToken } = view;
    const body = { effect, target, duration, reviewToken, ...(budget && { budget }) };
    return run(() => answerRequest(stage, view, body), { kind: "answered", id: view.id });
  };
  const allow = () => {
    localStorage.setItem(memoryKey(view.appId), choice.duration);
    return answer("allow", chosen.duration);
  };
  const silence = (untilMs: number | null) =>
    run(() => silenceApp(stage, view.app, untilMs), { kind: "silenced", appId: view.appId });

  const headingId = `ask-${view.id}`;
  const preview = previewSentence(
    { capability: view.capability, ...chosen, app, broad, encrypted: view.secureTransport },
    nowMs,
  );
  const words = { target: targetText(chosen.target, view.capability), app };
  const duration = chosen.duration === null ? "" : durationClause(chosen.duration, app, nowMs);
  return (
    <article
      ref={card}
      class="card"
      aria-labelledby={headingId}
      data-request={view.id}
      data-ended={ended}
    >
      <RequestFacts view={view} nowMs={nowMs} headingId={headingId} />
      {stale && !ended && (
        <p class="changed" role="alert">
          <Icon name="warning" />
          {text.card.changed}
        </p>
      )}
      {ended
        ? (
          <p class="changed" role="status">
            {text.card.ended}
            <ActButton
              class="small"
              onPress={() => onEvent({ kind: "cleared", id: view.id })}
            >
              {text.card.clear}
            </ActButton>
            <a href={explainPath(view)}>{text.card.why}</a>
          </p>
        )
        : (
          <>
            <AnswerFields
              view={view}
              app={app}
              nowMs={nowMs}
              longestMs={longestMs}
              value={choice}
              error={targetError ? error?.detail ?? null : null}
              onChange={(value) => {
                setChoice(value);
                setError(null);
              }}
            />
            <p class="preview" aria-live="polite">
              <PhraseView phrase={preview} />
            </p>
            {broad && <BroadNotice reasons={chosen.broad} />}
            {error !== null && !targetError && error.type !== "stale-review" && (
              <p class="field-error" role="alert">{error.detail}</p>
            )}
            <div class="actions">
              <DenyButton
                menuId={`deny-${view.id}`}
                chosen={chosen.duration}
                app={app}
                nowMs={nowMs}
                inert={inert}
                onDeny={(duration) => void answer("deny", duration)}
              />
              <GuardedButton
                class="large allow"
                shortcut="a"
                shown={`${view.reviewToken} ${ended}`}
                inert={inert || chosen.target === "" || chosen.duration === null ||
                  chosen.budget === undefined}
                onPress={() => {
                  if (stale) {
                    onEvent({ kind: "reread", id: view.id });
                  }
                  if (broad) {
                    setConfirming(true);
                  } else void allow();
                }}
              >
                {broad ? text.card.allowBroad : text.card.allow}
              </GuardedButton>
              <span class="spacer" />
              <ActButton
                class="text"
                shortcut="l"
                inert={inert}
                onPress={() =>
                  void run(() => postponeRequest(stage, view), { kind: "postponed", id: view.id })}
              >
                {text.card.later}
              </ActButton>
              <ChoiceMenu
                id={`silence-${view.id}`}
                class="text"
                shortcut="s"
                inert={inert}
                hint={`${text.card.silenceWord} ${text.card.hints.silence}`}
                choices={[
                  { label: text.card.silenceHour, onPress: () => void silence(nowMs + 3_600_000) },
                  {
                    label: text.card.silenceToday,
                    onPress: () => void silence(endOfDayMs(nowMs)),
                  },
                  { label: text.card.silenceOpen, onPress: () => void silence(null) },
                ]}
              >
                {text.card.silence}
              </ChoiceMenu>
            </div>
            <CardHints waiting={view.waiting} />
          </>
        )}
      <RequestDetails view={view} />
      {confirming && (
        <ConfirmDialog
          heading={fillText(text.confirm.question, { ...words, duration })}
          act={fillText(text.confirm.allow, { ...words, duration })}
          inert={inert}
          onConfirm={() => void allow()}
          onCancel={() => setConfirming(false)}
        >
          <BroadNotice reasons={chosen.broad} />
        </ConfirmDialog>
      )}
    </article>
  );
}
