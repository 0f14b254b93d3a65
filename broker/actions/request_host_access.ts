/** Asking for access to the page in a tab: `permissions.addHostAccessRequest()`. @module */
import { addHostAccessRequest } from "../core/host_access_requests.ts";
import type { HostAccessBody, HostAccessResult } from "../schema/host_access.ts";
import type { Caller } from "./authenticate_app.ts";
import { hostAccessRules } from "./host_access_rules.ts";
import type { Broker } from "./ports.ts";

/**
 * Puts a request on a tab of the app. Answers at once whether the call is in order, and nothing of the page or the person;
 * what comes of it is told by the event `added`.
 */
export function requestHostAccess(
  broker: Broker,
  { app, credential }: Caller,
  details: HostAccessBody,
): HostAccessResult {
  const holder = { appId: app.id, credentialId: credential.id };
  const { state, error } = addHostAccessRequest(
    broker.hostAccess.get(holder),
    details,
    hostAccessRules(broker, app),
    broker.clock.nowMs(),
  );
  broker.hostAccess.set(holder, state);
  return { valid: error === null, error };
}
