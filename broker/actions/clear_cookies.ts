/** Clearing an app's cookies: those of one domain, or all. @module */
import type { CookieSites, StoredCookie } from "../schema/cookie_jar.ts";
import type { AppId } from "../schema/ids.ts";
import { cookieSites } from "./cookie_sites.ts";
import { findApp } from "./find_app.ts";
import { historyDraft } from "./history_draft.ts";
import type { Broker } from "./ports.ts";
import { transact } from "./transact.ts";

/**
 * Forgets the cookies of an app: all of them, or those of one domain.
 *
 * @throws ActionError `not-found`.
 */
export async function clearCookies(
  broker: Broker,
  appId: AppId,
  domain: string | null,
): Promise<CookieSites> {
  await transact<void>(broker, () => {
    const app = findApp(broker, appId);
    const stored = broker.store.get("cookieJar", appId);
    if (!stored) return { batch: null, result: undefined };
    const isLeft = (cookie: StoredCookie) => domain !== null && cookie.domain !== domain;
    const cookies = stored.record.cookies.filter(isLeft);
    const gone = stored.record.cookies.length - cookies.length;
    if (gone === 0) return { batch: null, result: undefined };
    const whose = domain === null ? "all cookies" : `the cookies of ${domain}`;
    return {
      batch: {
        checks: [{ noun: "cookieJar", id: appId, version: stored.version }],
        ...(cookies.length > 0
          ? { puts: [{ noun: "cookieJar", id: appId, record: { ...stored.record, cookies } }] }
          : { removals: [{ noun: "cookieJar", id: appId }] }),
        history: [historyDraft(broker, "cookies-cleared", "person", {
          app,
          message: `Cleared ${whose} that ${app.claims.name} kept.`,
          detail: { domain, count: gone },
        })],
      },
      result: undefined,
    };
  });
  return cookieSites(broker, appId);
}
