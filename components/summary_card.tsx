/** The card of an app that asks for many targets at once: they are listed, and answered together or one by one below. @module */
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import type { BroadReason, RequestView } from "../broker/schema/dashboard.ts";
import { ActButton } from "./act_button.tsx";
import { answerRequests, silenceApp, type Stage } from "./acts.ts";
import { BroadNotice } from "./broad_notice.tsx";
import { ChoiceMenu } from "./choice_menu.tsx";
import { ConfirmDialog } from "./confirm_dialog.tsx";
import { isInert } from "./dashboard_model.ts";
import { durationChoices, durationClause } from "./duration_text.ts";
import { GuardedButton } from "./guarded_button.tsx";
import type { CardEvent } from "./inbox.ts";
import { fillText } from "./phrase.ts";
import { plural } from "./plural.ts";
import { appName } from "./sentence.ts";
import { targetText } from "./target_text.ts";
import { text } from "./text.ts";
import { endOfDayMs } from "./time_text.ts";

/** What the card takes: the app's requests that wait, one at least. */
export interface SummaryCardProps {
  readonly views: readonly [RequestView, ...RequestView[]];
  readonly stage: Stage;
  readonly nowMs: number;
  readonly onEvent: (event: CardEvent) => void;
}

/** How many it wants, and one decision for all of them. */
export function SummaryCard({ views, stage, nowMs, onEvent }: SummaryCardProps): JSX.Element {
  const [busy, setBusy] = useState(false);
  const [confirming, setConfirming] = useState(false);
  const [{ app }] = views;
  const name = appName(app);
  const words = text.summary;
  const inert = busy || isInert(stage.dashboard);
  const headingId = `summary-${app.id}`;
  const duration = durationChoices[stage.dashboard.snapshot.value.cardDuration];
  const run = (perform: () => Promise<readonly CardEvent[]>) => {
    setBusy(true);
    // A failure stands under the page's heading already.
    void perform().then((events) => events.forEach(onEvent), () => {}).finally(() => {
      setBusy(false);
      setConfirming(false);
    });
  };
  const answer = (effect: "allow" | "deny") =>
    run(async () => {
      const once = { kind: "once" } as const;
      const ids = await answerRequests(stage, views, effect, effect === "allow" ? duration : once);
      return ids.map((id) => ({ kind: "answered", id }));
    });
  const silence = (untilMs: number | null) =>
    run(async () => {
      await silenceApp(stage, app, untilMs);
      return [{ kind: "silenced", appId: app.id }];
    });
  const targets = (
    <ul class="targets">
      {views.map((view) => (
        <li key={view.id} class="mono wrap">
          <bdi>{targetText(view.target, view.capability)}</bdi>
        </li>
      ))}
    </ul>
  );
  return (
    <article class="card" aria-labelledby={headingId} data-summary={app.id}>
      <h3 id={headingId} class="sentence" tabIndex={-1}>
        {fillText(words.sentence, { app: name, targets: plural(views.length, words.targets) })}
      </h3>
      <p>{words.hint}</p>
      {targets}
      <div class="actions">
        <ActButton
          class="large deny"
          shortcut="d"
          inert={inert}
          onPress={() => answer("deny")}
        >
          {words.denyAll}
        </ActButton>
        <GuardedButton
          class="large allow"
          shortcut="a"
          shown={views.map(({ reviewToken }) => reviewToken).join(" ")}
          inert={inert}
          onPress={() => setConfirming(true)}
        >
          {fillText(words.allowAll, { targets: plural(views.length, words.targets) })}
        </GuardedButton>
        <span class="spacer" />
        <ChoiceMenu
          id={`silence-all-${app.id}`}
          class="text"
          shortcut="s"
          inert={inert}
          choices={[
            { label: text.card.silenceHour, onPress: () => silence(nowMs + 3_600_000) },
            { label: text.card.silenceToday, onPress: () => silence(endOfDayMs(nowMs)) },
            { label: text.card.silenceOpen, onPress: () => silence(null) },
          ]}
        >
          {text.card.silence}
        </ChoiceMenu>
      </div>
      {confirming && (
        <ConfirmDialog
          heading={fillText(words.question, {
            app: name,
            targets: plural(views.length, words.targets),
          })}
          act={fillText(words.confirm, {
            app: name,
            targets: plural(views.length, words.targets),
            duration: durationClause(duration, name, nowMs),
          })}
          inert={inert}
          onConfirm={() => answer("allow")}
          onCancel={() => setConfirming(false)}
        >
          {targets}
          {broadReasonsOf(views).length > 0 && <BroadNotice reasons={broadReasonsOf(views)} />}
        </ConfirmDialog>
      )}
    </article>
  );
}

/** Why any of them is broad; what was asked is the last choice of each. */
function broadReasonsOf(views: readonly RequestView[]): BroadReason[] {
  return [...new Set(views.flatMap(({ choices }) => choices.at(-1)?.broad ?? []))];
}
