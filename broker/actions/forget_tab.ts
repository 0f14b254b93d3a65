/** Forgetting a tab: an app says that it was closed. @module */
import { closeTab, noTabs } from "../core/host_access_requests.ts";
import type { Caller } from "./authenticate_app.ts";
import { countIgnored } from "./count_ignored.ts";
import type { Broker } from "./ports.ts";

/**
 * Forgets a tab, and what was asked about it; or, for null, every tab that this browser has told of, as when it starts
 * anew. A tab that nobody has told of is forgotten already.
 */
export async function forgetTab(
  broker: Broker,
  { app, credential }: Caller,
  tabId: number | null,
): Promise<void> {
  const holder = { appId: app.id, credentialId: credential.id };
  const state = broker.hostAccess.get(holder);
  const gone = tabId === null ? [...state.values()] : [state.get(tabId)];
  broker.hostAccess.set(holder, tabId === null ? noTabs : closeTab(state, tabId));
  for (const tab of gone) await countIgnored(broker, app.id, tab, undefined);
}
