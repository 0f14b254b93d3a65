/** Dismissing a host access request: nothing is shown on this tab until it leaves its site. @module */
import { dismissRequest } from "../core/host_access_requests.ts";
import type { HostAccessCardId } from "../schema/host_access.ts";
import { putOff } from "./count_put_off.ts";
import { findHostAccess } from "./find_host_access.ts";
import type { Broker } from "./ports.ts";
import { transact } from "./transact.ts";

/**
 * Takes the card away. The app is not told; with the third dismissal of the same site, it is not asked for a week.
 *
 * @throws ActionError `request-ended`, `stale-review`.
 */
export async function dismissHostAccess(
  broker: Broker,
  id: HostAccessCardId,
  reviewToken: string,
): Promise<void> {
  const { holder, tabId, view } = findHostAccess(broker, id, reviewToken);
  const state = broker.hostAccess.get(holder);
  broker.hostAccess.set(holder, dismissRequest(state, tabId, broker.clock.nowMs()));
  const question = {
    appId: holder.appId,
    capability: "host-access",
    target: view.target,
  } as const;
  await transact<void>(broker, () => ({
    batch: putOff(broker, question, "dismissal"),
    result: undefined,
  }));
}
