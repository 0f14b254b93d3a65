/** The card of a host access request: what an app asks about the site in a tab that is in front. @module */
import type { JSX } from "preact";
import { useRef, useState } from "preact/hooks";
import type { HostAccessView } from "../broker/schema/dashboard.ts";
import { ActButton } from "./act_button.tsx";
import { silenceApp, type Stage } from "./acts.ts";
import { AdminError } from "./admin_client.ts";
import { AppHeading } from "./app_heading.tsx";
import { BroadNotice } from "./broad_notice.tsx";
import { ChoiceMenu } from "./choice_menu.tsx";
import { ConfirmDialog } from "./confirm_dialog.tsx";
import { isInert } from "./dashboard_model.ts";
import { durationClause } from "./duration_text.ts";
import { GuardedButton } from "./guarded_button.tsx";
import { allowSite, blockHost, dismissSite } from "./host_access_acts.ts";
import { fillText } from "./phrase.ts";
import { PhraseView } from "./phrase_view.tsx";
import { appName, requestSentence } from "./sentence.ts";
import { targetText } from "./target_text.ts";
import { text } from "./text.ts";
import { endOfDayMs } from "./time_text.ts";
import { useSeen } from "./use_seen.ts";

/** What a card takes. */
export interface HostAccessCardProps {
  readonly view: HostAccessView;
  readonly stage: Stage;
  readonly nowMs: number;
}

const asked = {
  capability: "host-access",
  secureTransport: false,
  port: null,
  space: null,
} as const;

/** Who, which site, what that means, and the four answers; each with one line on what it does. */
export function HostAccessCard({ view, stage, nowMs }: HostAccessCardProps): JSX.Element {
  const [busy, setBusy] = useState(false);
  const [confirming, setConfirming] = useState(false);
  const [error, setError] = useState<string | null>(null);
  const card = useRef<HTMLElement>(null);
  const say = () => stage.client.hostAccessSeen(view.id);
  useSeen(card, { id: `${view.id} ${view.site}`, isSeen: false, say });
  const inert = busy || isInert(stage.dashboard);
  const broad = view.broad.length > 0;
  const words = text.hostAccess;
  const headingId = `site-${view.id}`;

  async function run(perform: () => Promise<void>): Promise<void> {
    setBusy(true);
    setError(null);
    try {
      await perform();
    } catch (fault) {
      if (!(fault instanceof AdminError)) throw fault;
      setError(fault.detail);
    } finally {
      setBusy(false);
      setConfirming(false);
    }
  }
  const allow = () => void run(() => allowSite(stage, view));
  const silence = (untilMs: number | null) => void run(() => silenceApp(stage, view.app, untilMs));

  const { longestDurationMs } = stage.dashboard.snapshot.value;
  const app = appName(view.app);
  const duration = longestDurationMs === null
    ? { kind: "always" } as const
    : { kind: "for", ms: longestDurationMs } as const;
  const whole = {
    app,
    target: targetText(view.target, "host-access"),
    duration: durationClause(duration, app, nowMs),
  };
  return (
    <div class="group">
      <AppHeading app={view.app} id={`app-${view.id}`} />
      <article ref={card} class="card" aria-labelledby={headingId} data-request={view.id}>
        <h3 id={headingId} class="sentence" tabIndex={-1}>
          <PhraseView phrase={requestSentence({ ...asked, ...view }, view.app.claims.name)} />
        </h3>
        <div class="consequence">
          <p>{text.consequence.hostAccess}</p>
        </div>
        <p class="note">{words.claimed}</p>
        {broad && <BroadNotice reasons={view.broad} />}
        {error !== null && <p class="field-error" role="alert">{error}</p>}
        <div class="actions">
          <ActButton
            class="large deny"
            shortcut="d"
            inert={inert}
            onPress={() => void run(() => dismissSite(stage, view))}
          >
            {words.dismiss}
          </ActButton>
          <GuardedButton
            class="large allow"
            shortcut="a"
            shown={view.reviewToken}
            inert={inert}
            onPress={() => broad ? setConfirming(true) : allow()}
          >
            {broad ? text.card.allowBroad : text.card.allow}
          </GuardedButton>
          <span class="spacer" />
          <ChoiceMenu
            id={`silence-${view.id}`}
            class="text"
            shortcut="s"
            inert={inert}
            hint={`${text.card.silenceWord} ${text.card.hints.silence}`}
            choices={[
              { label: text.card.silenceHour, onPress: () => silence(nowMs + 3_600_000) },
              { label: text.card.silenceToday, onPress: () => silence(endOfDayMs(nowMs)) },
              { label: text.card.silenceOpen, onPress: () => silence(null) },
            ]}
          >
            {text.card.silence}
          </ChoiceMenu>
          <ActButton
            class="text"
            inert={inert}
            onPress={() => void run(() => blockHost(stage, view.host))}
          >
            {words.block}
          </ActButton>
        </div>
        <ul class="hints">
          <li>
            <b>{text.card.allow}</b> {words.hints.allow}
          </li>
          <li>
            <b>{words.dismiss}</b> {words.hints.dismiss}
          </li>
          <li>
            <b>{text.card.silenceWord}</b> {text.card.hints.silence}
          </li>
          <li>
            <b>{words.block}</b> {words.hints.block}
          </li>
        </ul>
        {confirming && (
          <ConfirmDialog
            heading={fillText(text.confirm.question, whole)}
            act={fillText(text.confirm.allow, whole)}
            inert={inert}
            onConfirm={allow}
            onCancel={() => setConfirming(false)}
          >
            <BroadNotice reasons={view.broad} />
          </ConfirmDialog>
        )}
      </article>
    </div>
  );
}
