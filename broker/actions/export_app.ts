/** Everything that is held about an app, as one document that a person can keep. @module */
import type { AppExport } from "../schema/app_export.ts";
import type { HistoryEntry } from "../schema/history.ts";
import type { AppId } from "../schema/ids.ts";
import { appView } from "./app_view.ts";
import { cookieSites } from "./cookie_sites.ts";
import { findApp } from "./find_app.ts";
import type { Broker } from "./ports.ts";

/** How much of the history is given: the newest entries. */
export const maxHistoryEntries = 10_000;
const historyPageSize = 500;

/**
 * Everything about one app. Tokens are not held, only their digests, and those are left out: nobody can be the app by this.
 *
 * @throws ActionError `not-found`.
 */
export async function exportApp(broker: Broker, appId: AppId): Promise<AppExport> {
  findApp(broker, appId);
  const history = await historyOf(broker, appId);
  const app = findApp(broker, appId);
  const { store, sessions } = broker;
  const grants = store.grantsOf(appId).all;
  return {
    exportedAtMs: broker.clock.nowMs(),
    app: appView(broker, app),
    credentials: app.credentials.map(({ id, state, createdAtMs }) => ({ id, state, createdAtMs })),
    manifest: store.get("manifest", appId)?.record ?? null,
    icon: store.get("icon", appId)?.record ?? null,
    grants: [...grants],
    grantUses: grants.flatMap(({ id }) => store.get("grantUse", id)?.record ?? []),
    requests: [...store.list("request")].filter((request) => request.appId === appId),
    embargoes: [...store.list("embargo")].filter((embargo) => embargo.appId === appId),
    cookies: cookieSites(broker, appId).sites,
    sessions: [...sessions.list()].map(({ session }) => session)
      .filter((session) => session.appId === appId),
    history,
  };
}

async function historyOf({ store }: Broker, appId: AppId): Promise<HistoryEntry[]> {
  const entries: HistoryEntry[] = [];
  while (entries.length < maxHistoryEntries) {
    const beforeSeq = entries.at(-1)?.seq;
    const page = await store.history({
      appId,
      limit: historyPageSize,
      ...(beforeSeq !== undefined && { beforeSeq }),
    });
    entries.push(...page);
    if (page.length < historyPageSize) break;
  }
  return entries;
}
