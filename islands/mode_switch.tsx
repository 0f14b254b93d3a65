/** How new requests are met: ask, quiet or lockdown; beside it, what waits and what is live. @module */
import type { JSX } from "preact";
import type { Mode } from "../broker/schema/settings.ts";
import { ActButton } from "../components/act_button.tsx";
import { setMode } from "../components/acts.ts";
import { countsOf } from "../components/counts.ts";
import { type Dashboard, isInert } from "../components/dashboard_model.ts";
import { plural } from "../components/plural.ts";
import { text } from "../components/text.ts";
import { useStage } from "../components/use_stage.ts";

const modes: readonly { readonly mode: Mode; readonly hint: string }[] = [
  { mode: "ask", hint: text.mode.askHint },
  { mode: "quiet", hint: text.mode.quietHint },
  { mode: "lockdown", hint: text.mode.lockdownHint },
];

/** Three buttons, of which one is pressed. Nothing changes on focus or arrow keys, only on a press. */
export default function ModeSwitch({ dashboard }: { readonly dashboard: Dashboard }): JSX.Element {
  const stage = useStage(dashboard);
  const snapshot = dashboard.snapshot.value;
  const { waiting, live } = countsOf(snapshot);
  return (
    <section class="status" aria-label={text.mode.status}>
      <span class="status-count">{plural(waiting, text.count.waiting)}</span>
      <a class="status-count" href="/connections">
        <span class={live > 0 ? "dot dot-live" : "dot"} aria-hidden="true" />
        {plural(live, text.count.liveShort)}
      </a>
      <div class="modes" role="group" aria-label={text.mode.label}>
        {modes.map(({ mode, hint }) => (
          <ActButton
            key={mode}
            class={`mode mode-${mode}`}
            title={hint}
            pressed={snapshot.mode === mode}
            inert={isInert(dashboard)}
            onPress={() => {
              if (snapshot.mode !== mode) void setMode(stage, mode).catch(() => {});
            }}
          >
            {text.mode[mode]}
          </ActButton>
        ))}
      </div>
    </section>
  );
}
