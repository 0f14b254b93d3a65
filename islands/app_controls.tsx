/** What can be done to one app: pause, silence, revoke everything, uninstall. @module */
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import type { AppView } from "../broker/schema/dashboard.ts";
import type { AppId } from "../broker/schema/ids.ts";
import { ActButton } from "../components/act_button.tsx";
import {
  endSilence,
  pauseApp,
  revokeEverything,
  silenceApp,
  uninstallApp,
} from "../components/acts.ts";
import { AppHeading } from "../components/app_heading.tsx";
import { appStateText } from "../components/app_table.tsx";
import { ChoiceMenu } from "../components/choice_menu.tsx";
import { ConfirmDialog } from "../components/confirm_dialog.tsx";
import { type Dashboard, isInert } from "../components/dashboard_model.ts";
import { EmptyState } from "../components/empty_state.tsx";
import { GuardedButton } from "../components/guarded_button.tsx";
import { fillText } from "../components/phrase.ts";
import { plural } from "../components/plural.ts";
import { appName } from "../components/sentence.ts";
import { text } from "../components/text.ts";
import { endOfDayMs } from "../components/time_text.ts";
import { useNow } from "../components/use_now.ts";
import { useStage } from "../components/use_stage.ts";

/** What the island takes. */
export interface AppControlsProps {
  readonly dashboard: Dashboard;
  readonly appId: AppId;
}

/** Who it is, and the buttons; each with one line on what happens. */
export default function AppControls({ dashboard, appId }: AppControlsProps): JSX.Element {
  const app = dashboard.snapshot.value.apps.find(({ id }) => id === appId);
  if (app === undefined) {
    return <EmptyState heading={text.apps.missing} hint={text.apps.missingHint} />;
  }
  return <Controls dashboard={dashboard} app={app} />;
}

type Question = "revoke" | "uninstall" | null;

function Controls(
  { dashboard, app }: { readonly dashboard: Dashboard; readonly app: AppView },
): JSX.Element {
  const stage = useStage(dashboard);
  const nowMs = useNow(dashboard, 10_000);
  const [busy, setBusy] = useState(false);
  const [question, setQuestion] = useState<Question>(null);
  const inert = busy || isInert(dashboard);
  const run = (perform: () => Promise<void>) => {
    setBusy(true);
    void perform().catch(() => {}).finally(() => {
      setBusy(false);
      setQuestion(null);
    });
  };
  const open = dashboard.snapshot.value.liveCounts[app.id] ?? 0;
  const words = text.apps;
  const name = { app: appName(app) };
  const silent = app.silence !== null &&
    (app.silence.untilMs === null || app.silence.untilMs > nowMs);

  return (
    <div class="group">
      <AppHeading app={app} id="app" level="h1">{appStateText(app, nowMs)}</AppHeading>
      <ul class="controls" aria-label={words.controls}>
        <li>
          {app.pausedAtMs === null
            ? (
              <ActButton inert={inert} onPress={() => run(() => pauseApp(stage, app, true))}>
                {words.pause}
              </ActButton>
            )
            : (
              <GuardedButton
                shown={app.id}
                inert={inert}
                onPress={() => run(() => pauseApp(stage, app, false))}
              >
                {words.resume}
              </GuardedButton>
            )}
          <span class="note">{app.pausedAtMs === null ? words.pauseHint : words.resumeHint}</span>
        </li>
        <li>
          {silent
            ? (
              <ActButton inert={inert} onPress={() => run(() => endSilence(stage, app))}>
                {words.unsilence}
              </ActButton>
            )
            : (
              <ChoiceMenu
                id="silence"
                inert={inert}
                choices={[
                  {
                    label: text.card.silenceHour,
                    onPress: () => run(() => silenceApp(stage, app, nowMs + 3_600_000)),
                  },
                  {
                    label: text.card.silenceToday,
                    onPress: () => run(() => silenceApp(stage, app, endOfDayMs(nowMs))),
                  },
                  {
                    label: text.card.silenceOpen,
                    onPress: () => run(() => silenceApp(stage, app, null)),
                  },
                ]}
              >
                {words.silence}
              </ChoiceMenu>
            )}
          <span class="note">{silent ? words.unsilenceHint : words.silenceHint}</span>
        </li>
        <li>
          <ActButton
            class="cut"
            inert={inert || app.grantCount === 0}
            onPress={() => setQuestion("revoke")}
          >
            {words.revokeAll}
          </ActButton>
          <span class="note">{words.revokeAllHint}</span>
        </li>
        <li>
          <ActButton class="cut" inert={inert} onPress={() => setQuestion("uninstall")}>
            {words.uninstall}
          </ActButton>
          <span class="note">{words.uninstallHint}</span>
        </li>
      </ul>
      {question !== null && (
        <ConfirmDialog
          heading={fillText(
            question === "revoke" ? words.confirmRevokeAll : words.confirmUninstall,
            name,
          )}
          act={question === "revoke" ? words.revokeAll : words.uninstall}
          destructive
          inert={inert}
          onConfirm={() =>
            run(() =>
              question === "revoke" ? revokeEverything(stage, app) : uninstallApp(stage, app)
            )}
          onCancel={() => setQuestion(null)}
        >
          <p>
            {fillText(words.counted, {
              permissions: plural(app.grantCount, text.count.permissions),
              connections: plural(open, text.count.connections),
            })}
          </p>
        </ConfirmDialog>
      )}
    </div>
  );
}
