/** The questions of an app that are not put for a while, because they were put off too often; each can be put again. @module */
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import type { EmbargoView } from "../broker/schema/dashboard.ts";
import type { AppId } from "../broker/schema/ids.ts";
import { ActButton } from "../components/act_button.tsx";
import { endEmbargo } from "../components/acts.ts";
import { type Dashboard, isInert } from "../components/dashboard_model.ts";
import { fillText } from "../components/phrase.ts";
import { targetText } from "../components/target_text.ts";
import { text } from "../components/text.ts";
import { inTime } from "../components/time_text.ts";
import { useNow } from "../components/use_now.ts";
import { useStage } from "../components/use_stage.ts";

/** What the island takes. */
export interface EmbargoListProps {
  readonly dashboard: Dashboard;
  readonly appId: AppId;
}

/** A row for each question, or nothing when there is none. */
export default function EmbargoList({ dashboard, appId }: EmbargoListProps): JSX.Element | null {
  const stage = useStage(dashboard);
  const nowMs = useNow(dashboard, 10_000);
  const [busy, setBusy] = useState(false);
  const app = dashboard.snapshot.value.apps.find(({ id }) => id === appId);
  if (app === undefined || app.embargoes.length === 0) return null;
  const words = text.apps.embargoes;
  const askAgain = (embargo: EmbargoView) => {
    setBusy(true);
    // A failure stands under the heading already.
    void endEmbargo(stage, embargo).catch(() => {}).finally(() => setBusy(false));
  };
  return (
    <section aria-labelledby="embargoes">
      <h2 id="embargoes">{words.heading}</h2>
      <p class="muted">{words.hint}</p>
      <ul class="controls">
        {app.embargoes.map((embargo) => {
          const target = targetText(embargo.target, embargo.capability);
          return (
            <li key={embargo.id} data-embargo={embargo.id}>
              <ActButton
                class="small"
                inert={busy || isInert(dashboard)}
                label={fillText(words.askAgainLabel, { target })}
                onPress={() => askAgain(embargo)}
              >
                {words.askAgain}
              </ActButton>
              <span class="note">
                <span class="mono wrap">
                  <bdi>{target}</bdi>
                </span>{" "}
                {text.capability[embargo.capability]}.{" "}
                {fillText(words.until, { time: inTime(embargo.untilMs, nowMs) })}
              </span>
            </li>
          );
        })}
      </ul>
    </section>
  );
}
