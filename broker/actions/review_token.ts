/** The review token: stands for what a card showed. @module */
import type { AccessRequest } from "../schema/request.ts";
import type { Broker } from "./ports.ts";

/**
 * A digest of everything on a request's card that an answer rests on: who asks, for what, why, and under which policy.
 * It does not change when the same is asked again.
 */
export function reviewToken(broker: Broker, request: AccessRequest): string {
  const app = broker.store.get("app", request.appId)?.record;
  const shown = [
    request.id,
    request.capability,
    request.target,
    request.reason,
    request.secureTransport,
    request.serverName,
    request.clientCertificate,
    request.upgradable,
    request.unaddressed,
    app?.state,
    app?.origin,
    app?.claims,
    broker.policy.current().revision,
  ];
  return broker.secrets.hash(JSON.stringify(shown)).slice(0, 32);
}
