/** Following redirects: what the next request is, or why there is none (Fetch, "HTTP-redirect fetch"). @module */
import type { HeaderPair } from "../schema/fetch.ts";
import { FetchWishError, readFetchUrl } from "./fetch_url.ts";

/** One request of a fetch. */
export interface Hop {
  readonly url: URL;
  readonly method: string;
  readonly headers: readonly HeaderPair[];
  /** Whether the app's body goes with it. */
  readonly hasBody: boolean;
}

/** How many redirects are followed. */
export const maxRedirects = 20;

const redirectStatuses: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

/** Where an answer redirects to; null for one that doesn't. */
export function redirectLocation(
  status: number,
  headers: readonly (readonly [name: string, value: string])[],
): string | null {
  if (!redirectStatuses.has(status)) return null;
  return headers.find(([name]) => name.toLowerCase() === "location")?.[1] ?? null;
}

/** What describes a body, and goes when the body does (Fetch, "request-body-header name"). */
const ofBody = /^content-(encoding|language|location|type|disposition|digest)$/;
/** What was meant for one origin: credentials, and what apps name them. */
const ofOrigin = new RegExp(
  "^(authorization|api-?key|private-token|mcp-session-id|lock-token|if|" +
    "x-.*(auth|token|key|secret|session|csrf|passw|credential|jwt|cookie|signature).*)$",
);

/**
 * The request after a redirect, or the sentence that says why it is not followed.
 *
 * @param location The `Location` header as the server wrote it.
 */
export function followRedirect(
  hop: Hop,
  status: number,
  location: string,
): { hop: Hop } | { fault: string } {
  const parsed = URL.parse(location, hop.url);
  if (parsed === null) return { fault: "The server redirects to what is no URL." };
  let url: URL;
  try {
    url = readFetchUrl(parsed.href);
  } catch (fault) {
    if (!(fault instanceof FetchWishError)) throw fault;
    return { fault: `The server redirects to where nothing is fetched: ${fault.message}` };
  }
  if (hop.url.protocol === "https:" && url.protocol === "http:") {
    return { fault: "The server redirects from an encrypted page to one that is not." };
  }
  const becomesGet = status === 303
    ? hop.method !== "GET" && hop.method !== "HEAD"
    : (status === 301 || status === 302) && hop.method === "POST";
  if (hop.hasBody && !becomesGet) {
    return { fault: "The server redirects after the body was sent, which is sent only once." };
  }
  const headers = hop.headers.filter(([name]) =>
    !(becomesGet && ofBody.test(name)) && !(url.origin !== hop.url.origin && ofOrigin.test(name))
  );
  return { hop: { url, method: becomesGet ? "GET" : hop.method, headers, hasBody: false } };
}
