/** The cookies of an app's own, which go with its fetches with credentials. @module */
import { cookieHeader, type CookieMoment } from "../core/cookie_rules.ts";
import type { StoredCookie } from "../schema/cookie_jar.ts";
import type { AppId } from "../schema/ids.ts";
import type { Broker } from "./ports.ts";

/** What an app has kept, whether it is still good or not. */
export function cookiesOf({ store }: Pick<Broker, "store">, appId: AppId): readonly StoredCookie[] {
  return store.get("cookieJar", appId)?.record.cookies ?? [];
}

/** The moment that cookies are looked at. */
export function cookieMoment({ clock, bootId }: Pick<Broker, "clock" | "bootId">): CookieMoment {
  return { nowMs: clock.nowMs(), bootId };
}

/** The `Cookie` header for one request of an app; null when it has no cookie for it. */
export function cookiesFor(broker: Broker, appId: AppId, url: URL): string | null {
  return cookieHeader(cookiesOf(broker, appId), url, cookieMoment(broker));
}
