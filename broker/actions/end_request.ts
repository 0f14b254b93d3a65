/** How a request ends: the record it leaves behind, and its line in the history. @module */
import type { HistoryDraft } from "../schema/history.ts";
import type { GrantId } from "../schema/ids.ts";
import type { AccessRequest, RequestOutcome } from "../schema/request.ts";
import { historyDraft } from "./history_draft.ts";
import { isNews } from "./is_news.ts";
import type { Batch, Broker, Stored } from "./ports.ts";

/** Why a request ends. */
export interface Ending {
  outcome: RequestOutcome;
  /** A sentence for people; the app reads it too. */
  message: string;
  actor: HistoryDraft["actor"];
  grantId?: GrantId;
}

/** The longest message that a request takes; its target stands beside it. */
const maxMessageLength = 500;

/** The end of a request that its app withdrew. An app can ask and withdraw at will, so not each time is worth a line of history. */
export function withdrawal(
  broker: Broker,
  stored: Stored<"request">,
): ReturnType<typeof endRequest> {
  const { appId, capability, target } = stored.record;
  const ended = endRequest(broker, stored, {
    outcome: "withdrawn",
    message: "The app no longer asks.",
    actor: "app",
  });
  const told = isNews(broker, `withdrawn ${appId}`, `${capability} ${target}`);
  return told ? ended : { ...ended, batch: { ...ended.batch, history: [] } };
}

/** The ended request, and the batch that ends it unless somebody else has ended it already. */
export function endRequest(
  broker: Broker,
  stored: Stored<"request">,
  ending: Ending,
): { request: AccessRequest; batch: Required<Pick<Batch, "checks" | "puts" | "history">> } {
  const { record, version } = stored;
  const request: AccessRequest = {
    ...record,
    contextIds: [],
    outcome: ending.outcome,
    endedAtMs: broker.clock.nowMs(),
    grantId: ending.grantId ?? null,
    message: ending.message.slice(0, maxMessageLength),
  };
  return {
    request,
    batch: {
      checks: [{ noun: "request", id: record.id, version }],
      puts: [{ noun: "request", id: record.id, record: request }],
      history: [historyDraft(broker, "request-ended", ending.actor, {
        app: broker.store.get("app", record.appId)?.record,
        capability: record.capability,
        target: record.target,
        message: ending.message,
        detail: { requestId: record.id, outcome: ending.outcome, count: record.count },
      })],
    },
  };
}
