/** Taking back a request for the page in a tab: `permissions.removeHostAccessRequest()`. @module */
import { removeHostAccessRequest } from "../core/host_access_requests.ts";
import type { HostAccessBody, HostAccessResult } from "../schema/host_access.ts";
import type { Caller } from "./authenticate_app.ts";
import type { Broker } from "./ports.ts";

/** Takes the app's request off a tab of it. Answers at once whether there was such a request. */
export function withdrawHostAccess(
  broker: Broker,
  { app, credential }: Caller,
  details: HostAccessBody,
): HostAccessResult {
  const holder = { appId: app.id, credentialId: credential.id };
  const before = broker.hostAccess.get(holder);
  const { state, error } = removeHostAccessRequest(before, details, {}, broker.clock.nowMs());
  broker.hostAccess.set(holder, state);
  return { valid: error === null, error };
}
