/** The cookies of a sign-in: their names, and how they are set and read (RFC 6265bis). @module */

/**
 * The cookie of a sign-in. The prefix has the browser itself see to it that the cookie came over HTTP from this very
 * host, is `Secure`, `HttpOnly` and for all paths.
 */
export const signInCookie = "__Host-Http-gatehouse";
/** Its name in a browser that refuses `Secure` cookies on http (Safari, loopback included). */
export const plainSignInCookie = "gatehouse";
/** Set by the sign-in page to learn whether the browser takes the prefixed cookie; carries nothing. */
export const probeCookie = "__Host-Http-gatehouse-probe";

/** The value of a cookie, or null. Of several with one name the first counts: the one with the longest path. */
export function readCookie(headers: Headers, name: string): string | null {
  for (const pair of headers.get("cookie")?.split(";") ?? []) {
    const split = pair.indexOf("=");
    if (pair.slice(0, split).trim() === name) return pair.slice(split + 1).trim();
  }
  return null;
}

/** A `Set-Cookie` line. The cookie is for this host alone, out of reach for scripts, and sent by no other site. */
export function setCookie(name: string, value: string, maxAgeSeconds: number): string {
  const secure = name.startsWith("__Host-") ? "; Secure" : "";
  return `${name}=${value}; Path=/; Max-Age=${maxAgeSeconds}; HttpOnly; SameSite=Strict${secure}`;
}
