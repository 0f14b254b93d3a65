/** Which cookies of an app go with a request, and which of an answer's are kept: RFC 6265 by tough-cookie, within our bounds. @module */
import { Cookie, CookieJar as RuledJar, MemoryCookieStore } from "tough-cookie";
import {
  longestCookieMs,
  maxCookies,
  maxCookiesPerDomain,
  maxJarBytes,
  type StoredCookie,
} from "../schema/cookie_jar.ts";

/** The moment that cookies are looked at. */
export interface CookieMoment {
  readonly nowMs: number;
  /** This run of the broker: a cookie without an end is of one run. */
  readonly bootId: string;
}

/** The longest cookie that is kept: name, value and attributes (RFC 6265, section 6.1). */
export const maxCookieLength = 4096;

/** The cookies that are still good. */
export function liveCookies(
  cookies: readonly StoredCookie[],
  { nowMs, bootId }: CookieMoment,
): StoredCookie[] {
  return cookies.filter(({ expiresAtMs, bootId: ownRun }) =>
    expiresAtMs === null ? ownRun === bootId : nowMs < expiresAtMs
  );
}

/** The `Cookie` header for a URL; null when no cookie is for it. */
export function cookieHeader(
  cookies: readonly StoredCookie[],
  url: URL,
  moment: CookieMoment,
): string | null {
  const jar = ruledJar(liveCookies(cookies, moment));
  return jar.getCookieStringSync(url.href, { http: true, expire: false }) || null;
}

/**
 * The cookies after an answer: with what it sets, without what it takes back and what has ended. The oldest go where there
 * are too many. One for a public suffix, for another host, or `Secure` from an unencrypted answer is left out, as is a
 * change of a `Secure` one by such an answer.
 *
 * @param setCookies The `Set-Cookie` headers.
 */
export function cookiesAfter(
  cookies: readonly StoredCookie[],
  url: URL,
  setCookies: readonly string[],
  moment: CookieMoment,
): StoredCookie[] {
  let kept = liveCookies(cookies, moment);
  for (const header of setCookies) {
    const set = readCookie(url, header, moment);
    if (set === null) continue;
    const known = kept.findIndex((cookie) => isSame(cookie, set));
    const old = kept[known];
    if (old?.secure && url.protocol !== "https:") continue;
    // A cookie that is set anew keeps its age (section 5.3, step 11.3).
    if (old) kept.splice(known, 1, { ...set, createdAtMs: old.createdAtMs });
    else kept.push(set);
    kept = within(liveCookies(kept, moment), set.domain);
  }
  return kept;
}

function isSame(a: StoredCookie, b: StoredCookie): boolean {
  return a.name === b.name && a.domain === b.domain && a.path === b.path;
}

/** One `Set-Cookie` header, if its server may set that. */
function readCookie(
  url: URL,
  header: string,
  { nowMs, bootId }: CookieMoment,
): StoredCookie | null {
  if (header.length > maxCookieLength) return null;
  const now = new Date(nowMs);
  const parsed = Cookie.parse(header);
  if (!parsed) return null;
  // What takes a cookie back has ended already, which the library would not keep, and we have to know.
  const expiry = parsed.expiryTime(now) ?? Infinity;
  parsed.setExpires("Infinity");
  parsed.maxAge = null;
  let cookie: Cookie | null | undefined;
  try {
    cookie = ruledJar([]).setCookieSync(parsed, url.href, { http: true, now }) ?? null;
  } catch {
    return null;
  }
  const { key, value, domain, path } = cookie ?? {};
  if (!cookie || key === undefined || !domain || !path) return null;
  return {
    name: key,
    value: value ?? "",
    domain,
    hostOnly: cookie.hostOnly ?? true,
    path,
    secure: cookie.secure,
    httpOnly: cookie.httpOnly,
    createdAtMs: nowMs,
    expiresAtMs: expiry === Infinity
      ? null
      : Math.max(0, Math.min(expiry, nowMs + longestCookieMs)),
    bootId,
  };
}

/** Drops the oldest until the bounds are kept: first of the domain that has grown, then of all. */
function within(cookies: StoredCookie[], domain: string): StoredCookie[] {
  const left = [...cookies].sort((a, b) => a.createdAtMs - b.createdAtMs);
  const drop = (matches: (cookie: StoredCookie) => boolean) =>
    left.splice(left.findIndex(matches), 1);
  const ofDomain = (cookie: StoredCookie) => cookie.domain === domain;
  while (left.filter(ofDomain).length > maxCookiesPerDomain) drop(ofDomain);
  while (left.length > maxCookies || byteLength(left) > maxJarBytes) drop(() => true);
  return left;
}

function byteLength(value: unknown): number {
  return new TextEncoder().encode(JSON.stringify(value)).length;
}

/** A jar with these cookies in it, that knows the rules. */
function ruledJar(cookies: readonly StoredCookie[]): RuledJar {
  const store = new MemoryCookieStore();
  const jar = new RuledJar(store, { allowSpecialUseDomain: true });
  for (const { name, createdAtMs, expiresAtMs: _end, bootId: _run, ...cookie } of cookies) {
    const creation = new Date(createdAtMs);
    void store.putCookie(new Cookie({ ...cookie, key: name, creation, lastAccessed: creation }));
  }
  return jar;
}
