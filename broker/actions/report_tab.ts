/** Telling of a tab: an app says which page one of its tabs shows, and whether the tab is in front. @module */
import { isThirdPartyFrame } from "../core/frame_ancestry.ts";
import { dropStale, reportTab as withTab } from "../core/host_access_requests.ts";
import { frameProtection } from "../core/protections.ts";
import type { AppId } from "../schema/ids.ts";
import type { TabBody } from "../schema/host_access.ts";
import { ActionError } from "./action_error.ts";
import type { Caller } from "./authenticate_app.ts";
import { countIgnored } from "./count_ignored.ts";
import type { Broker } from "./ports.ts";

/** How many tabs one app may tell of, in all of its browsers. */
export const maxTabsPerApp = 1000;
/** How many tabs all apps together may tell of. */
export const maxTabsInAll = 10_000;
/** For how long a tab is kept that nobody tells of any more: its browser may have ended without a word. */
export const tabKeptMs = 24 * 60 * 60 * 1000;

/**
 * Keeps how a tab stands, in memory. A tab that came to another site loses what was asked about it.
 *
 * @throws ActionError `invalid-body` for what is no URL, `third-party-frame`, `queue-full` for a tab too many.
 */
export async function reportTab(
  broker: Broker,
  { app, credential }: Caller,
  tabId: number,
  tab: TabBody,
): Promise<void> {
  if (tab.frame && isThirdPartyFrame(app.origin, tab.frame, broker.store.list("app"))) {
    throw new ActionError("third-party-frame", frameProtection.message);
  }
  const { active, documentId } = tab;
  const url = readUrl(tab.url);
  const holder = { appId: app.id, credentialId: credential.id };
  const nowMs = broker.clock.nowMs();
  const kept = dropStale(broker.hostAccess.get(holder), nowMs - tabKeptMs);
  if (!kept.has(tabId)) refuseWhenFull(broker, app.id);
  const next = withTab(kept, { tabId, documentId, url, active }, nowMs);
  broker.hostAccess.set(holder, next);
  await countIgnored(broker, app.id, kept.get(tabId), next.get(tabId));
}

/** The URL without what no pattern looks at, and nobody here needs to know. */
function readUrl(text: string): string {
  const url = URL.parse(text);
  if (url === null) {
    const detail = "Must be an absolute URL, such as https://www.example.com/page.";
    throw new ActionError("invalid-body", `/url: ${detail}`, {
      errors: [{ pointer: "/url", detail }],
    });
  }
  url.hash = "";
  url.username = "";
  url.password = "";
  return url.href;
}

function refuseWhenFull({ hostAccess }: Broker, appId: AppId): void {
  let own = 0;
  for (const { holder, state } of hostAccess.list()) if (holder.appId === appId) own += state.size;
  const detail = own >= maxTabsPerApp
    ? `An app tells of at most ${maxTabsPerApp} tabs. Say which ones were closed: DELETE /contexts/{tabId}.`
    : hostAccess.size >= maxTabsInAll
    ? "All apps together tell of too many tabs already. Try again later."
    : null;
  if (detail !== null) throw new ActionError("queue-full", detail, { retryAfterMs: 60_000 });
}
