/** Counting host access requests that the person saw and left without a word: too many, and they are quieted. @module */
import { sitePattern } from "../core/fetch_url.ts";
import type { HostAccessTab } from "../core/host_access_requests.ts";
import type { AppId } from "../schema/ids.ts";
import { putOff } from "./count_put_off.ts";
import type { Broker } from "./ports.ts";
import { transact } from "./transact.ts";

/** Counts the request of a tab that left its site, or was closed, as ignored, if it was on the person's screen. */
export async function countIgnored(
  broker: Broker,
  appId: AppId,
  before: HostAccessTab | undefined,
  after: HostAccessTab | undefined,
): Promise<void> {
  if (!before?.request?.seen || after?.request) return;
  const target = sitePattern(new URL(before.url));
  await transact<void>(broker, () => {
    if (!broker.store.get("app", appId)) return { batch: null, result: undefined };
    const batch = putOff(broker, { appId, capability: "host-access", target }, "ignore");
    return { batch, result: undefined };
  });
}
