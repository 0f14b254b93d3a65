/** Starting and stopping: what the broker does by itself between what apps and people make it do. @module */
import type { AppId } from "../schema/ids.ts";
import { endExpiredGrants, endUnusedGrants } from "./end_grants.ts";
import { endRequest } from "./end_request.ts";
import { historyDraft } from "./history_draft.ts";
import { lockDownDamaged } from "./lock_down_damaged.ts";
import { pendingRequests } from "./pending_requests.ts";
import type { Broker, StoreChange } from "./ports.ts";
import { reviewHostAccess } from "./review_host_access.ts";
import { reviewRequests } from "./review_requests.ts";
import { reviewSessions } from "./review_sessions.ts";
import { endSpans } from "./session_history.ts";
import { watchTraffic } from "./traffic_meter.ts";
import { watchAppClosing } from "./watch_app_closing.ts";
import { watchBudgets } from "./watch_budgets.ts";
import { watchGrantUse } from "./watch_grant_use.ts";
import { watchManifests } from "./watch_manifests.ts";
import { watchPolicy } from "./watch_policy.ts";
import { watchTabs } from "./watch_tabs.ts";
import { watchTimes } from "./watch_times.ts";

/** A broker that runs. */
export interface RunningBroker {
  /** Closes every session with a reason, and ends what the broker does by itself. */
  stop(): Promise<void>;
}

/**
 * Starts a broker: ends the requests of earlier runs and the grants whose time has run out, then reviews after every
 * change and at every due time until it is stopped.
 */
export async function startBroker(broker: Broker): Promise<RunningBroker> {
  await lockDownDamaged(broker);
  await endRequestsOfEarlierRuns(broker);
  await endExpiredGrants(broker);
  await endUnusedGrants(broker);
  await broker.store.commit({
    history: [historyDraft(broker, "broker-started", "broker", { message: "Gatehouse started." })],
  });
  const review = (appIds: Iterable<AppId | undefined>) => {
    for (const appId of appIds) {
      reviewSessions(broker, appId);
      reviewHostAccess(broker, appId);
      reviewRequests(broker, appId).catch((fault) => broker.log.error("review-failed", fault));
    }
  };
  const grantUse = watchGrantUse(broker);
  const manifests = watchManifests(broker);
  const stops = [
    broker.store.subscribe((change) => review(affectedApps(change))),
    broker.policy.subscribe(() => review([undefined])),
    watchTimes(broker, { onDue: () => review([undefined]), writeUse: grantUse.flush }),
    watchAppClosing(broker),
    watchPolicy(broker),
    watchBudgets(broker),
    watchTabs(broker),
    watchTraffic(broker),
  ];
  return {
    async stop() {
      for (const stop of stops) stop();
      for (const live of [...broker.sessions.list()]) {
        live.close({
          code: "broker-stopping",
          phase: "transfer",
          message: "Gatehouse is stopping.",
        });
      }
      endSpans(broker);
      await manifests.stop();
      await grantUse.stop();
      await broker.store.commit({
        history: [
          historyDraft(broker, "broker-stopped", "broker", { message: "Gatehouse stopped." }),
        ],
      });
    },
  };
}

/** A request is bound to one run of the broker; nobody waits for those of an earlier one. */
async function endRequestsOfEarlierRuns(broker: Broker): Promise<void> {
  for (const { id, bootId } of pendingRequests(broker)) {
    const stored = broker.store.get("request", id);
    if (!stored || bootId === broker.bootId) continue;
    const ending = {
      outcome: "expired",
      message: "Gatehouse was restarted.",
      actor: "broker",
    } as const;
    await broker.store.commit(endRequest(broker, stored, ending).batch);
  }
}

/** Whose decisions a change can alter; undefined stands for everybody's. */
function affectedApps({ puts, removed }: StoreChange): Set<AppId | undefined> {
  const affected = new Set<AppId | undefined>();
  for (const { noun, record } of [...puts, ...removed]) {
    if (noun === "app") affected.add(record.id);
    if (noun === "grant" || noun === "embargo") affected.add(record.appId);
    if (noun === "settings" || noun === "blockedHost") return new Set([undefined]);
  }
  return affected;
}
