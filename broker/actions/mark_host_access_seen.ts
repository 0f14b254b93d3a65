/** A host access request's card was on the person's screen: leaving it there without a word counts as ignoring it. @module */
import { markSeen } from "../core/host_access_requests.ts";
import type { HostAccessCardId } from "../schema/host_access.ts";
import { findHostAccess } from "./find_host_access.ts";
import type { Broker } from "./ports.ts";

/**
 * Remembers that the card was seen, for as long as the request waits.
 *
 * @throws ActionError `request-ended`.
 */
export function markHostAccessSeen(broker: Broker, id: HostAccessCardId): void {
  const { holder, tabId } = findHostAccess(broker, id, null);
  broker.hostAccess.set(holder, markSeen(broker.hostAccess.get(holder), tabId));
}
