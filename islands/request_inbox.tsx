/** The requests that wait: installation cards first, then a group for each app; nothing that arrives moves what is read. @module */
import type { JSX } from "preact";
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { AppHeading } from "../components/app_heading.tsx";
import { countsOf, emptyTruth } from "../components/counts.ts";
import type { RequestView } from "../broker/schema/dashboard.ts";
import type { AppId, RequestId } from "../broker/schema/ids.ts";
import type { Dashboard } from "../components/dashboard_model.ts";
import { EmptyState } from "../components/empty_state.tsx";
import {
  applyCardEvent,
  type CardEvent,
  emptyInbox,
  groupByApp,
  headingAfter,
  headingIds,
  installationKey,
  letIn,
  type RequestGroup,
  type ShownRequest,
  updateInbox,
} from "../components/inbox.ts";
import { InstallationCard } from "../components/installation_card.tsx";
import { plural } from "../components/plural.ts";
import { RequestCard } from "../components/request_card.tsx";
import { RequestRow } from "../components/request_row.tsx";
import { SummaryCard } from "../components/summary_card.tsx";
import { text } from "../components/text.ts";
import { useNow } from "../components/use_now.ts";
import { useStage } from "../components/use_stage.ts";
import LastActView from "./last_act.tsx";

/** How many requests of one app are listed; the rest is a press away. */
const listedPerApp = 6;
const emptyId = "nothing-waits";
/** Where focus goes when the last card is gone: to what is left on the page. */
const restId = (hostAccess: number) => hostAccess > 0 ? "site-requests" : emptyId;

/** The heading with what arrived, the last act, and the cards. */
export default function RequestInbox(
  { dashboard }: { readonly dashboard: Dashboard },
): JSX.Element {
  const stage = useStage(dashboard);
  const nowMs = useNow(dashboard);
  const snapshot = dashboard.snapshot.value;
  const [, renderAgain] = useState({});
  const focusNext = useRef<string | null>(null);
  const current = useRef(emptyInbox);
  // Which apps are summed up is settled when their cards come on the page: a flood must not fold what is being read.
  const summedUp = useRef<ReadonlySet<AppId>>(new Set());
  const sumUp = () => {
    summedUp.current = new Set(snapshot.summaries.map(({ appId }) => appId));
  };
  if (headingIds(current.current).length === 0) sumUp();
  current.current = updateInbox(current.current, snapshot);
  const inbox = current.current;

  const { waiting } = countsOf(snapshot);

  useLayoutEffect(() => {
    if (focusNext.current === null) return;
    document.getElementById(focusNext.current)?.focus();
    focusNext.current = null;
  });

  const onEvent = (event: CardEvent) => {
    const before = current.current;
    current.current = applyCardEvent(before, event);
    if (event.kind !== "reread") {
      focusNext.current = headingAfter(before, current.current, event) ??
        restId(snapshot.hostAccess.length);
    }
    renderAgain({});
  };
  const onLetIn = () => {
    const [firstBefore] = headingIds(inbox);
    current.current = letIn(inbox, snapshot);
    sumUp();
    // The button goes away: focus goes to the first of what it let in.
    const known = new Set(headingIds(inbox));
    focusNext.current = headingIds(current.current).find((id) => !known.has(id)) ??
      firstBefore ?? restId(snapshot.hostAccess.length);
    renderAgain({});
  };

  return (
    <div class="inbox">
      <div class="head">
        <h1>{text.pages.requests}</h1>
        {waiting > 0 && <span class="muted">{plural(waiting, text.count.waiting)}</span>}
        <div class="arrivals" aria-live="polite">
          {inbox.arrivals > 0 && (
            <button type="button" class="small" onClick={onLetIn}>
              {plural(inbox.arrivals, text.requests.arrivals)}
            </button>
          )}
        </div>
      </div>
      <LastActView dashboard={dashboard} hint={text.mode[`${snapshot.mode}Hint`]} />
      {inbox.installations.map((app) => (
        <InstallationCard
          key={installationKey(app)}
          app={app}
          stage={stage}
          onAnswered={() => onEvent({ kind: "installation-answered", app })}
        />
      ))}
      {groupByApp(inbox.requests).map((group) => (
        <Group
          key={group.appId}
          group={group}
          summary={summedUp.current.has(group.appId) &&
              snapshot.summaries.some(({ appId }) => appId === group.appId)
            ? (views) => <SummaryCard views={views} stage={stage} nowMs={nowMs} onEvent={onEvent} />
            : null}
        >
          {(entry) => (
            <RequestCard
              key={entry.view.id}
              entry={entry}
              stage={stage}
              nowMs={nowMs}
              onEvent={onEvent}
            />
          )}
        </Group>
      ))}
      {headingIds(inbox).length === 0 && snapshot.hostAccess.length === 0 && (
        <EmptyState id={emptyId} heading={text.requests.empty} hint={emptyTruth(snapshot)} />
      )}
    </div>
  );
}

interface GroupProps {
  readonly group: RequestGroup;
  /** Draws one card for all of them; null when they are few. */
  readonly summary: ((views: readonly [RequestView, ...RequestView[]]) => JSX.Element) | null;
  /** Draws one card. */
  readonly children: (entry: ShownRequest) => JSX.Element;
}

/**
 * All that one app asks, under its name: the first as a card, the others folded until they are opened. Of many there is a
 * summary first, and every one is folded.
 */
function Group({ group, summary, children: card }: GroupProps): JSX.Element | null {
  const [unfolded, setUnfolded] = useState<ReadonlySet<RequestId>>(new Set());
  const [all, setAll] = useState(false);
  const justOpened = useRef<RequestId | null>(null);
  useLayoutEffect(() => {
    if (justOpened.current === null) return;
    document.getElementById(`ask-${justOpened.current}`)?.focus();
    justOpened.current = null;
  });
  const [first] = group.requests;
  if (first === undefined) return null;
  const { app } = first.view;
  const waiting = group.requests.filter(({ ended }) => !ended).length;
  const [firstWaiting, ...furtherWaiting] = group.requests
    .filter(({ ended }) => !ended).map(({ view }) => view);
  const listed = all ? group.requests : group.requests.slice(0, listedPerApp);
  const more = group.requests.length - listed.length;
  return (
    <section class="group" aria-labelledby={`group-${app.id}`}>
      <AppHeading app={app} id={`group-${app.id}`}>
        {plural(waiting, text.count.waiting)}
      </AppHeading>
      {summary !== null && firstWaiting !== undefined &&
        summary([firstWaiting, ...furtherWaiting])}
      {listed.map((entry) => {
        const { id } = entry.view;
        if ((entry === first && summary === null) || unfolded.has(id)) return card(entry);
        const open = () => {
          justOpened.current = id;
          setUnfolded(new Set([...unfolded, id]));
        };
        return <RequestRow key={id} view={entry.view} onOpen={open} />;
      })}
      {more > 0 && (
        <p class="more">
          <button type="button" class="small" onClick={() => setAll(true)}>
            {plural(more, text.requests.more)}
          </button>
        </p>
      )}
    </section>
  );
}
