/** A card to practise on, in this page alone: the real card, but what it answers to only pretends. @module */
import type { JSX } from "preact";
import { useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import { ActButton } from "../components/act_button.tsx";
import { AppHeading } from "../components/app_heading.tsx";
import { createDashboard, type Dashboard } from "../components/dashboard_model.ts";
import { Icon } from "../components/icon.tsx";
import { PhraseView } from "../components/phrase_view.tsx";
import { practiceClient, practiceRequest } from "../components/practice.ts";
import { RequestCard } from "../components/request_card.tsx";
import { text } from "../components/text.ts";
import { useNow } from "../components/use_now.ts";

const outcomeId = "practice-outcome";

/** The card; after its answer, what came of it, and Revoke. */
export default function Practice(
  { dashboard }: { readonly dashboard: Dashboard },
): JSX.Element | null {
  const nowMs = useNow(dashboard);
  const [round, setRound] = useState(0);
  const [revoked, setRevoked] = useState(false);
  const [answered, setAnswered] = useState(false);
  const stage = useMemo(() => {
    const { nowMs } = dashboard.snapshot.peek();
    const requests = [practiceRequest(nowMs)];
    const practised = createDashboard({ ...dashboard.snapshot.peek(), requests, apps: [] });
    practised.stream.value = "live";
    return { dashboard: practised, client: practiceClient() };
  }, [round]);
  const [view] = stage.dashboard.snapshot.value.requests;
  const last = stage.dashboard.lastAct.value;
  const outcome = useRef<HTMLHeadingElement>(null);
  useLayoutEffect(() => {
    if (answered) outcome.current?.focus();
  }, [answered, revoked]);

  if (answered && last !== null) {
    const allowed = last.undo?.kind === "revoke";
    return (
      <section class="group card" aria-labelledby={outcomeId}>
        <h3 id={outcomeId} ref={outcome} tabIndex={-1}>
          <Icon name={allowed && !revoked ? "check" : "cross"} />{" "}
          <PhraseView phrase={last.phrase} />
        </h3>
        <p role="status">
          {revoked
            ? text.welcome.practiseRevoked
            : allowed
            ? text.welcome.practiseConnected
            : text.welcome.practiseDenied}
        </p>
        <p class="actions">
          {allowed && !revoked
            ? (
              <ActButton class="cut" onPress={() => setRevoked(true)}>
                {text.permissions.revoke}
              </ActButton>
            )
            : (
              <ActButton
                onPress={() => {
                  setAnswered(false);
                  setRevoked(false);
                  setRound(round + 1);
                }}
              >
                {text.welcome.practiseAgain}
              </ActButton>
            )}
        </p>
      </section>
    );
  }
  if (view === undefined) return null;
  return (
    <section class="group live-only" aria-labelledby="practice-app">
      <AppHeading app={view.app} id="practice-app" />
      <RequestCard
        key={round}
        entry={{ view, ended: false, changed: false }}
        stage={stage}
        nowMs={nowMs}
        onEvent={(event) => {
          if (event.kind !== "reread") setAnswered(true);
        }}
      />
    </section>
  );
}
