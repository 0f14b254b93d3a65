/** One card at a time, for a small window: what is read stays until it is answered, whatever arrives. @module */
import type { JSX } from "preact";
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { AppHeading } from "../components/app_heading.tsx";
import { emptyTruth } from "../components/counts.ts";
import type { Dashboard } from "../components/dashboard_model.ts";
import { EmptyState } from "../components/empty_state.tsx";
import {
  applyCardEvent,
  type CardEvent,
  emptyInbox,
  headingIds,
  installationKey,
  letIn,
  updateInbox,
} from "../components/inbox.ts";
import { InstallationCard } from "../components/installation_card.tsx";
import { plural } from "../components/plural.ts";
import { RequestCard } from "../components/request_card.tsx";
import { text } from "../components/text.ts";
import { useNow } from "../components/use_now.ts";
import { useStage } from "../components/use_stage.ts";

const emptyId = "nothing-waits";

/** The card, and how many wait behind it. */
export default function PromptCard({ dashboard }: { readonly dashboard: Dashboard }): JSX.Element {
  const stage = useStage(dashboard);
  const nowMs = useNow(dashboard);
  const snapshot = dashboard.snapshot.value;
  const [, renderAgain] = useState({});
  const inbox = useRef(emptyInbox);
  const shownId = useRef<string | null>(null);
  const answered = useRef(false);

  inbox.current = updateInbox(inbox.current, snapshot);
  // Arrivals join behind the card that is shown, so none has to wait to be let in.
  const isEnded = inbox.current.requests.some(({ view, ended }) =>
    ended && `ask-${view.id}` === shownId.current
  );
  if (inbox.current.arrivals > 0 && !isEnded) inbox.current = letIn(inbox.current, snapshot);
  const ids = headingIds(inbox.current);
  if (shownId.current === null || !ids.includes(shownId.current)) shownId.current = ids[0] ?? null;

  useLayoutEffect(() => {
    if (!answered.current) return;
    answered.current = false;
    document.getElementById(shownId.current ?? emptyId)?.focus();
  });

  const onEvent = (event: CardEvent) => {
    inbox.current = applyCardEvent(inbox.current, event);
    if (event.kind !== "reread") answered.current = true;
    if (event.kind === "postponed") shownId.current = null;
    renderAgain({});
  };

  const app = inbox.current.installations.find(({ id }) => `install-${id}` === shownId.current);
  const entry = inbox.current.requests.find(({ view }) => `ask-${view.id}` === shownId.current);
  return (
    <div class="inbox">
      {app !== undefined && (
        <InstallationCard
          key={installationKey(app)}
          app={app}
          stage={stage}
          onAnswered={() => onEvent({ kind: "installation-answered", app })}
        />
      )}
      {entry !== undefined && (
        <section class="group" aria-labelledby="asker">
          <AppHeading app={entry.view.app} id="asker" />
          <RequestCard
            key={entry.view.id}
            entry={entry}
            stage={stage}
            nowMs={nowMs}
            onEvent={onEvent}
          />
        </section>
      )}
      {shownId.current === null && snapshot.hostAccess.length === 0 && (
        <EmptyState id={emptyId} heading={text.requests.empty} hint={emptyTruth(snapshot)} />
      )}
      <p class="muted" role="status">
        {ids.length > 1 ? plural(ids.length - 1, text.prompt.left) : ""}
      </p>
    </div>
  );
}
