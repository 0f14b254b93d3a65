/** Quiet mode: what is refused unseen is written down, so that the person can look at it later. @module */
import { parseCapabilityTarget } from "../core/capability_target.ts";
import type { AppId } from "../schema/ids.ts";
import type { Capability } from "../schema/capability.ts";
import type { Decision } from "../schema/decision.ts";
import { historyDraft } from "./history_draft.ts";
import type { Broker } from "./ports.ts";
import type { Subject } from "./question_for.ts";

/** What an app keeps asking is written down once in this time. */
const repeatAfterMs = 60 * 60 * 1000;
/** How many different questions of one app are written down in that time; a flood does not fill the history. */
const maxPerApp = 50;

/** What was written down of each app, by question: when. Kept as long as the broker itself. */
const written = new WeakMap<Broker["store"], Map<AppId, Map<string, number>>>();

/** Writes a question that Quiet refused into the history; nothing, where another reason refused it. */
export function recordQuieted(broker: Broker, subject: Subject, decision: Decision): void {
  if (decision.reason !== "quiet") return;
  const { appId, capability } = subject;
  const target = parseCapabilityTarget(capability, subject.target).text;
  if (!isNews(broker, appId, capability, target)) return;
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

function isNews(broker: Broker, appId: AppId, capability: Capability, target: string): boolean {
  const nowMs = broker.clock.nowMs();
  let apps = written.get(broker.store);
  if (!apps) written.set(broker.store, apps = new Map());
  const known = apps.get(appId) ?? new Map<string, number>();
  for (const [question, atMs] of known) {
    if (nowMs - atMs >= repeatAfterMs) known.delete(question);
  }
  const question = `${capability} ${target}`;
  if (known.has(question) || known.size >= maxPerApp) return false;
  apps.set(appId, known.set(question, nowMs));
  return true;
}
