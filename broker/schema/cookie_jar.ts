/** An app's own cookies: those that web servers set in answer to its fetches with credentials; never the browser's. @module */
import { z } from "zod";
import { AppId } from "./ids.ts";
import { Instant } from "./time.ts";

/** One cookie (RFC 6265, section 5.3). */
export const StoredCookie = z.strictObject({
  name: z.string().max(4096),
  value: z.string().max(4096),
  /** The host that set it, or the domain that it is for. */
  domain: z.string().min(1).max(253),
  /** Whether it goes to that host alone, and not to those below it. */
  hostOnly: z.boolean(),
  path: z.string().min(1).max(2048),
  secure: z.boolean(),
  httpOnly: z.boolean(),
  createdAtMs: Instant,
  /** Null for one that ends with the broker's run. */
  expiresAtMs: Instant.nullable(),
  /** The run that it was set in. */
  bootId: z.string(),
});
/** One cookie. */
export type StoredCookie = z.infer<typeof StoredCookie>;

/** How many cookies one app keeps. */
export const maxCookies = 200;
/** How many of them may be for one domain. */
export const maxCookiesPerDomain = 50;
/** What the cookies of one app may come to, as JSON in bytes: a record of the store takes 64 KiB. */
export const maxJarBytes = 48 * 1024;
/** How long a cookie is kept at most, whatever its server says (RFC 6265bis, section 5.5). */
export const longestCookieMs = 400 * 24 * 60 * 60 * 1000;

/** The cookies of one app as they are stored, under the app's id. */
export const CookieJar = z.strictObject({
  v: z.literal(1),
  id: AppId,
  /** The oldest first. */
  cookies: z.array(StoredCookie).max(maxCookies),
});
/** The cookies of one app. */
export type CookieJar = z.infer<typeof CookieJar>;

/** The cookies of one domain as a person is shown them: never their values. */
export const CookieSite = z.strictObject({
  domain: z.string(),
  cookies: z.array(
    StoredCookie.pick({
      name: true,
      path: true,
      hostOnly: true,
      secure: true,
      httpOnly: true,
      createdAtMs: true,
      expiresAtMs: true,
    }),
  ),
});
/** The cookies of one domain. */
export type CookieSite = z.infer<typeof CookieSite>;

/** What an app keeps of cookies, by domain. */
export const CookieSites = z.strictObject({ sites: z.array(CookieSite) });
/** What an app keeps of cookies. */
export type CookieSites = z.infer<typeof CookieSites>;
