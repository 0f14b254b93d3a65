/** What an app keeps of cookies, as a person is shown it: whose they are, and never their values. @module */
import { liveCookies } from "../core/cookie_rules.ts";
import type { CookieSite, CookieSites } from "../schema/cookie_jar.ts";
import type { AppId } from "../schema/ids.ts";
import { cookieMoment, cookiesOf } from "./app_cookies.ts";
import { findApp } from "./find_app.ts";
import type { Broker } from "./ports.ts";

/**
 * What an app keeps of cookies, by domain, without their values.
 *
 * @throws ActionError `not-found`.
 */
export function cookieSites(broker: Broker, appId: AppId): CookieSites {
  findApp(broker, appId);
  const byDomain = new Map<string, CookieSite["cookies"]>();
  for (const cookie of liveCookies(cookiesOf(broker, appId), cookieMoment(broker))) {
    const { domain, value: _value, bootId: _run, ...shown } = cookie;
    byDomain.set(domain, [...byDomain.get(domain) ?? [], shown]);
  }
  const sites = [...byDomain].map(([domain, cookies]) => ({ domain, cookies }));
  return { sites: sites.sort((a, b) => a.domain < b.domain ? -1 : 1) };
}
