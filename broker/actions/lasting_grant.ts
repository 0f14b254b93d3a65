/** An allowance for a site that lasts: always, or as long as policy lets it. @module */
import { expiresAtMs } from "../core/expiry.ts";
import type { Duration } from "../schema/duration.ts";
import type { Grant } from "../schema/grant.ts";
import type { HistoryDraft } from "../schema/history.ts";
import type { AppId } from "../schema/ids.ts";
import { grantedSpaces } from "./granted_spaces.ts";
import { historyDraft } from "./history_draft.ts";
import type { Broker } from "./ports.ts";

/** The grant, and its line of history. */
export function lastingGrant(
  broker: Broker,
  appId: AppId,
  target: string,
): { grant: Grant; history: HistoryDraft } {
  const nowMs = broker.clock.nowMs();
  const { longestMs } = broker.policy.current().durations;
  const duration: Duration = longestMs === null
    ? { kind: "always" }
    : { kind: "for", ms: longestMs };
  const grant: Grant = {
    v: 1,
    id: broker.secrets.newId("grant"),
    effect: "allow",
    appId,
    capability: "host-access",
    target,
    spaces: grantedSpaces(broker, "host-access", target),
    duration,
    createdAtMs: nowMs,
    expiresAtMs: expiresAtMs(duration, nowMs, longestMs),
    requestId: null,
    spentBy: null,
  };
  const history = historyDraft(broker, "grant-created", "person", {
    app: broker.store.get("app", appId)?.record,
    capability: grant.capability,
    target,
    message: `Allowed ${target}.`,
    detail: { grant },
  });
  return { grant, history };
}
