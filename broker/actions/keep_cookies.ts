/** Keeping the cookies that a web server sets in answer to an app's fetch with credentials. @module */
import { cookiesAfter } from "../core/cookie_rules.ts";
import type { CookieJar } from "../schema/cookie_jar.ts";
import type { AppId } from "../schema/ids.ts";
import { cookieMoment } from "./app_cookies.ts";
import { historyDraft } from "./history_draft.ts";
import type { Broker } from "./ports.ts";
import { transact } from "./transact.ts";

/** Keeps the cookies that an answer sets; the first of a domain is told in the history. */
export async function keepCookies(
  broker: Broker,
  appId: AppId,
  url: URL,
  headers: readonly (readonly [name: string, value: string])[],
): Promise<void> {
  const set = headers.filter(([name]) => name.toLowerCase() === "set-cookie")
    .map(([, value]) => value);
  if (set.length === 0) return;
  await transact<void>(broker, () => {
    const stored = broker.store.get("cookieJar", appId);
    const app = broker.store.get("app", appId)?.record;
    const before = stored?.record.cookies ?? [];
    const cookies = cookiesAfter(before, url, set, cookieMoment(broker));
    const isChanged = JSON.stringify(cookies) !== JSON.stringify(before);
    if (!app || !isChanged) return { batch: null, result: undefined };
    const record: CookieJar = { v: 1, id: appId, cookies };
    const known = new Set(before.map(({ domain }) => domain));
    const fresh = new Set(
      cookies.map(({ domain }) => domain).filter((domain) => !known.has(domain)),
    );
    const history = [...fresh].map((domain) =>
      historyDraft(broker, "cookies-kept", "app", {
        app,
        message: `${app.claims.name} keeps cookies of ${domain}.`,
        detail: { domain },
      })
    );
    return {
      batch: {
        checks: [
          { noun: "app", id: appId, version: broker.store.get("app", appId)?.version ?? null },
          { noun: "cookieJar", id: appId, version: stored?.version ?? null },
        ],
        ...(cookies.length > 0
          ? { puts: [{ noun: "cookieJar", id: appId, record }] }
          : { removals: [{ noun: "cookieJar", id: appId }] }),
        history,
      },
      result: undefined,
    };
  });
}
