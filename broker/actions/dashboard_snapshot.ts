/** Everything the dashboard shows live, whole. @module */
import type { DashboardSnapshot } from "../schema/dashboard.ts";
import { appView } from "./app_view.ts";
import { currentSettings } from "./current_settings.ts";
import { countSessions, grantView } from "./grant_view.ts";
import { pendingRequests } from "./pending_requests.ts";
import type { Broker } from "./ports.ts";
import { requestSummaries } from "./request_summaries.ts";
import { requestView } from "./request_view.ts";
import { sessionView } from "./session_view.ts";

const newestEntries = 50;

/** The snapshot of this moment; the changes after it come by the dashboard's event stream. */
export async function dashboardSnapshot(broker: Broker): Promise<DashboardSnapshot> {
  const history = await broker.store.history({ limit: newestEntries });
  // No await from here on, so that all the rest is of one moment.
  const pending = pendingRequests(broker).filter((request) =>
    broker.store.get("app", request.appId)
  );
  const policy = broker.policy.current();
  const counts = countSessions(broker);
  return {
    bootId: broker.bootId,
    nowMs: broker.clock.nowMs(),
    machineName: broker.machine.name,
    mode: currentSettings(broker).mode,
    managedBy: policy.managedBy,
    longestDurationMs: policy.durations.longestMs,
    apps: [...broker.store.list("app")].map((app) => appView(broker, app)),
    requests: pending.map((request) => requestView(broker, request)),
    summaries: requestSummaries(broker),
    grants: [...broker.store.list("grant")].map((grant) => grantView(broker, grant, counts)),
    sessions: [...broker.sessions.list()].map(({ session }) =>
      sessionView(broker, session, counts)
    ),
    history,
    unreadable: [...broker.store.damage],
  };
}
