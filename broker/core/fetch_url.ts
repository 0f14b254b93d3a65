/** Which URLs are fetched, and what of a URL is asked about. @module */
import { isBadPort } from "./bad_ports.ts";
import { canonicalHost } from "./host.ts";

/** Why something can't be fetched: a sentence that says how to mend it. */
export class FetchWishError extends Error {
  override name = "FetchWishError";
  /** @param pointer Which part of the wish is wrong, as a JSON pointer (RFC 6901). */
  constructor(readonly pointer: string, message: string) {
    super(message);
  }
}

function refuse(message: string): never {
  throw new FetchWishError("/url", message);
}

/**
 * Reads a URL that is to be fetched: http or https, without userinfo, without fragment and without an empty query.
 *
 * @throws FetchWishError for every other URL, and for one that leads to a port that fetch refuses (Fetch, "port
 * blocking").
 */
export function readFetchUrl(text: string): URL {
  const url = URL.parse(text);
  if (url === null) {
    refuse("This is no absolute URL. Write one such as https://example.com/feed.xml.");
  }
  if (url.protocol !== "http:" && url.protocol !== "https:") {
    refuse("Only http and https are fetched.");
  }
  if (url.username !== "" || url.password !== "") {
    refuse("A name or password in the URL is not sent. Use an Authorization header.");
  }
  const host = canonicalHost(url.hostname);
  if (host.kind === "invalid") refuse(host.message);
  if (url.port !== "" && isBadPort(Number(url.port))) {
    refuse("Browsers never fetch from this port, and neither does Gatehouse.");
  }
  url.hash = "";
  // A `?` with nothing behind it is not sent, so it is not decided on either.
  if (url.search === "") url.search = "";
  return url;
}

/** The port that a URL leads to. */
export function portOf({ protocol, port }: URL): number {
  return Number(port) || (protocol === "https:" ? 443 : 80);
}

/** The longest target that a record holds; see `TargetText`. */
const maxTargetLength = 2048;

/**
 * The match pattern for one URL, to be decided on: exactly what is fetched. A `*` in the path stands for more than itself,
 * and so does the end of a URL that is too long for a target; either way a permission has to cover the more.
 */
export function exactPattern(url: URL): string {
  const host = `${url.protocol}//${url.hostname}:${portOf(url)}`;
  const exact = wholePattern(url);
  if (exact.length <= maxTargetLength) return exact;
  const anyQuery = `${host}${url.pathname}?*`;
  return anyQuery.length <= maxTargetLength ? anyQuery : `${host}/*`;
}

/**
 * The match pattern for one URL, however long. A denial that covers the URL need not cover what {@link exactPattern} makes
 * of a long one, so it is looked for with this.
 */
export function wholePattern(url: URL): string {
  return `${url.protocol}//${url.hostname}:${portOf(url)}${url.pathname}${url.search}`;
}

/** The match pattern that a person is asked about: the whole site, as browsers do, written as patterns usually are. */
export function sitePattern({ protocol, host }: URL): string {
  return `${protocol}//${host}/*`;
}

// RFC 9110, section 9.1. TRACE and CONNECT are refused by the Fetch standard, "forbidden method".
const methodToken = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
const forbiddenMethods: ReadonlySet<string> = new Set(["CONNECT", "TRACE", "TRACK"]);
const normalizedMethods: ReadonlySet<string> = new Set([
  ...["DELETE", "GET", "HEAD", "OPTIONS", "POST", "PUT"],
]);

/**
 * Reads a method, in the case in which it is sent (Fetch, "normalize a method").
 *
 * @throws FetchWishError for what is no method, and for the forbidden ones.
 */
export function readMethod(text: string): string {
  const upper = text.toUpperCase();
  if (!methodToken.test(text)) {
    throw new FetchWishError("/method", "A method is one word, such as GET or POST.");
  }
  if (forbiddenMethods.has(upper)) throw new FetchWishError("/method", `${upper} is never sent.`);
  return normalizedMethods.has(upper) ? upper : text;
}

/** Whether a request with this method may have a body (Fetch, "Request constructor"). */
export function mayHaveBody(method: string): boolean {
  return method !== "GET" && method !== "HEAD";
}
