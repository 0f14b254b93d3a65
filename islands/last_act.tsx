/** The last thing done, under the heading, where it covers nothing; prominent for ten seconds, with Undo. @module */
import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { ActButton } from "../components/act_button.tsx";
import { undoLast } from "../components/acts.ts";
import { type Dashboard, isInert } from "../components/dashboard_model.ts";
import { GuardedButton } from "../components/guarded_button.tsx";
import { Icon } from "../components/icon.tsx";
import { phraseText } from "../components/phrase.ts";
import { PhraseView } from "../components/phrase_view.tsx";
import { text } from "../components/text.ts";
import { useStage } from "../components/use_stage.ts";

const prominentMs = 10_000;

/** What the island takes. */
export interface LastActProps {
  readonly dashboard: Dashboard;
  /** What stands there as long as nothing was done: its place is kept, so that nothing below moves. */
  readonly hint: string;
}

/** A live region that stands there from the start. Undoing a revocation grants again, and so is guarded. */
export default function LastActView({ dashboard, hint }: LastActProps): JSX.Element {
  const stage = useStage(dashboard);
  const last = dashboard.lastAct.value;
  const [fresh, setFresh] = useState(true);
  useEffect(() => {
    setFresh(true);
    const timer = setTimeout(() => setFresh(false), prominentMs);
    return () => clearTimeout(timer);
  }, [last]);

  const undo = last?.undo ?? null;
  const inert = isInert(dashboard);
  const press = () => {
    if (undo !== null) void undoLast(stage, undo).catch(() => {});
  };
  const Button = undo?.kind === "restore" ? GuardedButton : ActButton;
  return (
    <div class="last-place" role="status" aria-label={text.last.label}>
      {last === null
        ? <p class="muted">{hint}</p>
        : (
          <p class={`last${last.failed ? " last-failed" : ""}${fresh ? " last-fresh" : ""}`}>
            <Icon name={last.failed ? "warning" : "check"} />
            <span>
              <PhraseView phrase={last.phrase} />
            </span>
            {undo !== null && (
              <Button class="small" shown={phraseText(last.phrase)} inert={inert} onPress={press}>
                {text.last.undo}
              </Button>
            )}
          </p>
        )}
    </div>
  );
}
