/** Drafts of history entries, with what every entry has in common filled in. @module */
import type { App } from "../schema/app.ts";
import type { HistoryDraft, HistoryKind } from "../schema/history.ts";
import type { Broker } from "./ports.ts";

/** What differs from entry to entry. */
export interface HistoryFacts {
  app?: App | undefined;
  capability?: HistoryDraft["capability"];
  target?: HistoryDraft["target"];
  message: string;
  detail?: HistoryDraft["detail"];
}

/** The longest message that an entry takes; the whole target stands beside it. */
const maxMessageLength = 1000;

/** A history draft of this moment. Who acted is said apart, as it can't be told from the kind. */
export function historyDraft(
  broker: Pick<Broker, "clock">,
  kind: HistoryKind,
  actor: HistoryDraft["actor"],
  facts: HistoryFacts,
): HistoryDraft {
  return {
    atMs: broker.clock.nowMs(),
    kind,
    actor,
    appId: facts.app?.id ?? null,
    appName: facts.app?.claims.name ?? null,
    capability: facts.capability ?? null,
    target: facts.target ?? null,
    message: facts.message.slice(0, maxMessageLength),
    detail: facts.detail ?? {},
  };
}
