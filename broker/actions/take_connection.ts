/** Taking one connection out of an app's limits, before anything is looked up or dialed. @module */
import { classifyAddress } from "../core/address_space.ts";
import { decide } from "../core/decide.ts";
import { literalAddress } from "../core/socket_address.ts";
import type { Target } from "../core/target.ts";
import type { Capability } from "../schema/capability.ts";
import type { AppId } from "../schema/ids.ts";
import { currentRateLimits } from "./current_rate_limits.ts";
import type { Broker, ConnectPlace } from "./ports.ts";
import { questionFor } from "./question_for.ts";
import { refusal } from "./refused_connection.ts";

/**
 * Counts a connection against its target and its app.
 *
 * @param asked The target in the grammar of the capability, where that is not the text of `target`.
 * @returns Says that the connection is over, or never came about; later calls do nothing.
 * @throws ConnectError `limited` with `retryAfterMs` when a limit is reached.
 */
export function takeConnection(
  broker: Broker,
  appId: AppId,
  capability: Capability,
  target: Target,
  asked: string = target.text,
): () => void {
  const taken = broker.limits.connect(
    placesOf(broker, appId, capability, target),
    broker.clock.nowMs(),
  );
  if ("leave" in taken) return taken.leave;
  const subject = { appId, capability, target: asked, limit: taken };
  throw refusal(decide(questionFor(broker, subject)));
}

/** This computer is counted apart: it is named by address alone, so a name leads beyond it. */
function placesOf(
  broker: Broker,
  appId: AppId,
  capability: Capability,
  target: Target,
): ConnectPlace[] {
  const limits = currentRateLimits(broker);
  const literal = literalAddress(target);
  const isLoopback = literal !== null &&
    classifyAddress(literal, broker.machine.ownAddresses()).space === "loopback";
  const { text } = target;
  const whither = capability === "tcp-listen" ? `at ${text}` : `to ${text}`;
  return isLoopback
    ? [{ key: `${appId} loopback`, limit: limits.loopback, whither: "to this computer" }]
    : [
      { key: `${appId} ${whither}`, limit: limits.target, whither },
      { key: `${appId} beyond`, limit: limits.app, whither: "in all" },
    ];
}
