/** The review of host access requests: what something else has answered meanwhile is no longer asked. @module */
import { dropGranted, dropRequests, noTabs } from "../core/host_access_requests.ts";
import type { AppId } from "../schema/ids.ts";
import { hostAccessRules } from "./host_access_rules.ts";
import type { Broker } from "./ports.ts";

/**
 * Looks at every request again, or at those of one app: access that was granted by whatever route ends it, and so do
 * pausing and uninstalling. Whoever shows requests is told to look again.
 */
export function reviewHostAccess(broker: Broker, appId?: AppId): void {
  const { hostAccess, store } = broker;
  for (const { holder, state } of [...hostAccess.list()]) {
    if (appId !== undefined && holder.appId !== appId) continue;
    const app = store.get("app", holder.appId)?.record;
    if (!app || !app.credentials.some(({ id }) => id === holder.credentialId)) {
      hostAccess.set(holder, noTabs);
      continue;
    }
    hostAccess.set(
      holder,
      app.pausedAtMs === null
        ? dropGranted(state, hostAccessRules(broker, app))
        : dropRequests(state),
    );
    // A silence that ended, say, changes no tab.
    hostAccess.touch(holder.appId);
  }
}
