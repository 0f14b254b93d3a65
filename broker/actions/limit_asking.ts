/** The limit on asking: an app that keeps asking for what it does not get is told to wait. @module */
import { decide } from "../core/decide.ts";
import type { Decision } from "../schema/decision.ts";
import { currentRateLimits } from "./current_rate_limits.ts";
import type { Broker } from "./ports.ts";
import { questionFor, type Subject } from "./question_for.ts";
import { recordQuieted } from "./record_quieted.ts";

/**
 * Counts a question that was not allowed at once, whatever becomes of it; one that Quiet refused is written down.
 *
 * @returns The decision, or the one that the limit makes of it when the app asks too often.
 */
export function limitAsking(broker: Broker, subject: Subject, decision: Decision): Decision {
  if (decision.effect === "allow") return decision;
  const { asksPerMinute } = currentRateLimits(broker);
  const retryAfterMs = broker.limits.ask(subject.appId, asksPerMinute, broker.clock.nowMs());
  if (retryAfterMs === 0) {
    recordQuieted(broker, subject, decision);
    return decision;
  }
  const message = `This app may ask ${asksPerMinute} times a minute.`;
  return decide(questionFor(broker, { ...subject, limit: { message, retryAfterMs } }));
}
