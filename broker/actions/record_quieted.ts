/** Quiet mode: what is refused unseen is written down, so that the person can look at it later. @module */
import { parseCapabilityTarget } from "../core/capability_target.ts";
import type { Decision } from "../schema/decision.ts";
import { historyDraft } from "./history_draft.ts";
import { isNews } from "./is_news.ts";
import type { Broker } from "./ports.ts";
import type { Subject } from "./question_for.ts";

/** Writes a question that Quiet refused into the history; nothing, where another reason refused it. */
export function recordQuieted(broker: Broker, subject: Subject, decision: Decision): void {
  if (decision.reason !== "quiet") return;
  const { appId, capability } = subject;
  const target = parseCapabilityTarget(capability, subject.target).text;
  if (!isNews(broker, `quieted ${appId}`, `${capability} ${target}`)) return;
  const history = [historyDraft(broker, "request-quieted", "broker", {
    app: broker.store.get("app", appId)?.record,
    capability,
    target,
    message: `Quiet refused ${target} without asking you.`,
  })];
  broker.store.commit({ history }).catch((fault) => {
    broker.log.error("quieted-not-recorded", fault);
  });
}
