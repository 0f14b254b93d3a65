/** Keeps the page live: reads the dashboard's stream, says when it is lost, and counts in the title. @module */
import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import type { DashboardChange, DashboardSnapshot } from "../broker/schema/dashboard.ts";
import { adminBase, adminHeaders, secretKey } from "../components/admin_client.ts";
import { countsOf, pageTitle } from "../components/counts.ts";
import type { Dashboard } from "../components/dashboard_model.ts";
import { showChange, showSnapshot } from "../components/pause.ts";
import { openEventStream } from "../components/event_source.ts";
import { Icon } from "../components/icon.tsx";
import { text } from "../components/text.ts";

/** What the island takes. */
export interface LiveStreamProps {
  readonly dashboard: Dashboard;
  /** What the page is called in the title. */
  readonly page: string;
}

/** The banner; empty as long as all is well. */
export default function LiveStream({ dashboard, page }: LiveStreamProps): JSX.Element {
  const { snapshot, stream, view } = dashboard;

  useEffect(() =>
    openEventStream({
      url: `${adminBase}/events?${new URLSearchParams({ view: JSON.stringify(view.value) })}`,
      headers: () => adminHeaders(localStorage.getItem(secretKey)),
      fetch: (input, init) => fetch(input, init),
      setTimer(delayMs, callback) {
        const timer = setTimeout(callback, delayMs);
        return () => clearTimeout(timer);
      },
      onState(state) {
        stream.value = state;
      },
      onEvent(name, data) {
        // Our own broker wrote it, by the schema that these types come from.
        if (name === "snapshot") showSnapshot(dashboard, JSON.parse(data) as DashboardSnapshot);
        if (name === "change") showChange(dashboard, JSON.parse(data) as DashboardChange);
      },
    }), [dashboard.snapshot, view.value]);

  const { waiting } = countsOf(snapshot.value);
  useEffect(() => {
    document.title = pageTitle(page, waiting);
  }, [page, waiting]);

  return (
    <div class="banner-place" role="alert">
      {stream.value === "lost" && (
        <p class="banner">
          <Icon name="warning" />
          {text.stream.lost}
        </p>
      )}
      {stream.value === "signed-out" && (
        <p class="banner">
          <Icon name="warning" />
          <span>{text.stream.signedOut} {text.stream.signIn}</span>
        </p>
      )}
    </div>
  );
}
