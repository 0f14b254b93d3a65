/** An app's own request, and nobody else's. @module */
import type { App } from "../schema/app.ts";
import type { AccessRequest } from "../schema/request.ts";
import { ActionError } from "./action_error.ts";
import type { Broker } from "./ports.ts";

/**
 * The request with this id, if this app asked it. That of another app is answered like one that never was.
 *
 * @throws ActionError `not-found`.
 */
export function findOwnRequest(broker: Broker, app: App, id: string): AccessRequest {
  const request = broker.store.get("request", id)?.record;
  if (!request || request.appId !== app.id) {
    throw new ActionError("not-found", "You have no such request.");
  }
  return request;
}
