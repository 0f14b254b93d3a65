/** One request on its own page, live: where a notification leads. @module */
import type { JSX } from "preact";
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import type { RequestId } from "../broker/schema/ids.ts";
import { AppHeading } from "../components/app_heading.tsx";
import type { Dashboard } from "../components/dashboard_model.ts";
import { EmptyState } from "../components/empty_state.tsx";
import { RequestCard } from "../components/request_card.tsx";
import { applyCardEvent, emptyInbox, updateInbox } from "../components/inbox.ts";
import { text } from "../components/text.ts";
import { useNow } from "../components/use_now.ts";
import { useStage } from "../components/use_stage.ts";

const goneId = "gone";

/** What the island takes. */
export interface SingleRequestProps {
  readonly dashboard: Dashboard;
  readonly requestId: RequestId;
}

/** The card, or word that the request is no longer waiting. */
export default function SingleRequest({ dashboard, requestId }: SingleRequestProps): JSX.Element {
  const stage = useStage(dashboard);
  const nowMs = useNow(dashboard);
  const [answered, setAnswered] = useState(false);
  const [, renderAgain] = useState({});
  const inbox = useRef(emptyInbox);
  const requests = dashboard.snapshot.value.requests.filter(({ id }) => id === requestId);
  inbox.current = updateInbox(inbox.current, { apps: [], requests });
  const [entry] = inbox.current.requests;

  useLayoutEffect(() => {
    if (answered) document.getElementById(goneId)?.focus();
  }, [answered]);

  if (answered || entry === undefined) {
    return <EmptyState id={goneId} heading={text.requests.gone} hint={text.requests.goneHint} />;
  }
  return (
    <section class="group live-only" aria-labelledby="asker">
      <AppHeading app={entry.view.app} id="asker" />
      <RequestCard
        entry={entry}
        stage={stage}
        nowMs={nowMs}
        onEvent={(event) => {
          inbox.current = applyCardEvent(inbox.current, event);
          if (event.kind !== "reread" && event.kind !== "postponed") setAnswered(true);
          renderAgain({});
        }}
      />
    </section>
  );
}
