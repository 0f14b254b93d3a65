/** Which headers an app may send, and which it is given: lists of what passes, for what nobody thought of must not (design section 11). @module */
import type { HeaderPair } from "../schema/fetch.ts";

/** A header that is not sent: which, and why. */
export class HeaderError extends Error {
  override name = "HeaderError";
  /** @param index Its place in the list that was given. */
  constructor(readonly index: number, message: string) {
    super(message);
  }
}

// RFC 9110, section 5.1: a token.
const headerName = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
// RFC 9110, section 5.5, without obsolete folding; what is beyond ASCII would be sent in an encoding that nobody agreed on.
const headerValue = /^[\t\x20-\x7e]*$/;

/** What HTTP APIs, feeds, WebDAV and resumable uploads use. */
const sent: ReadonlySet<string> = new Set([
  ...["accept", "accept-language", "authorization", "cache-control", "content-language"],
  ...["content-type", "content-disposition", "if-match", "if-modified-since", "if-none-match"],
  ...["if-range", "if-unmodified-since", "last-event-id", "pragma", "prefer", "priority", "range"],
  ...["user-agent", "api-key", "apikey", "private-token", "idempotency-key", "soapaction"],
  ...["depth", "destination", "if", "lock-token", "overwrite", "timeout", "brief", "dav"],
  ...["tus-resumable", "upload-length", "upload-offset", "upload-metadata", "upload-concat"],
  ...["upload-defer-length", "upload-complete", "upload-draft-interop-version", "digest"],
  ...["want-digest", "content-digest", "repr-digest", "want-repr-digest", "git-protocol"],
  ...["icy-metadata", "graphql-operation", "mcp-session-id", "mcp-protocol-version"],
]);

/** `x-…` headers that servers take for the word of a proxy before them. */
const ofProxies =
  /^x-(forwarded|real-ip|client-ip|cluster-client-ip|remote|originating|original|rewrite|host|http-method|method-override|envoy|amz-cf|azure|arr-|proxy|url-scheme|scheme|sendfile|accel)/;

/** What tells an app about the answer, and nothing that is for the browser or for who sits between. */
const given: ReadonlySet<string> = new Set([
  ...["accept-ranges", "age", "allow", "cache-control", "content-disposition", "content-encoding"],
  ...["content-language", "content-length", "content-location", "content-range", "content-type"],
  ...["date", "etag", "expires", "last-modified", "link", "location", "pragma", "retry-after"],
  ...["server", "vary", "warning", "www-authenticate", "dav", "lock-token", "ms-author-via"],
  ...["tus-resumable", "tus-version", "tus-extension", "tus-max-size", "digest", "content-digest"],
  ...["repr-digest", "deprecation", "sunset", "server-timing", "preference-applied"],
  ...["accept-patch", "accept-post", "mcp-session-id", "ratelimit", "ratelimit-policy"],
]);
const givenPrefix = /^(x-|ratelimit-|upload-|icy-|ice-)/;

function maySend(name: string): boolean {
  return sent.has(name) || (name.startsWith("x-") && !ofProxies.test(name));
}

/**
 * The headers to send for an app: names in lower case, values trimmed, equal names kept in their order.
 *
 * @throws HeaderError for a name or value that HTTP does not know, and for a header that apps don't set. Nothing is
 * dropped in silence, as an app would take it for sent.
 */
export function headersToSend(headers: readonly HeaderPair[]): HeaderPair[] {
  return headers.map(([given, text], index) => {
    if (!headerName.test(given)) {
      throw new HeaderError(index, "A header's name holds letters, digits and - _ . only.");
    }
    const value = text.replace(/^[\t ]+|[\t ]+$/g, "");
    if (!headerValue.test(value)) {
      throw new HeaderError(
        index,
        `The value of ${given} holds a line break, a control character, or a letter that is not ASCII. Encode it.`,
      );
    }
    const name = given.toLowerCase();
    if (maySend(name)) return [name, value];
    throw new HeaderError(index, `Apps can't send ${given}. ${whyNot(name)}`);
  });
}

function whyNot(name: string): string {
  if (name === "accept-encoding" || name === "content-encoding") {
    return "Gatehouse sees to compression.";
  }
  if (name === "content-length" || name === "transfer-encoding") {
    return "It follows from the body.";
  }
  if (name === "referer" || name === "origin") return "Servers are not told which page asks.";
  return "Leave it out, or use a name that begins with X-.";
}

/**
 * The headers that an app is given of an answer: no cookies, nothing that is for a browser or a proxy. A value that is not
 * Latin-1 text is left out.
 *
 * @param isDecoded Whether the body was decompressed: what described it before is no longer true then.
 */
export function headersToGive(
  headers: readonly (readonly [name: string, value: string])[],
  isDecoded: boolean,
): HeaderPair[] {
  return headers.flatMap(([given, value]): HeaderPair[] => {
    const name = given.toLowerCase();
    if (!mayGive(name) || !headerName.test(name)) return [];
    if (isDecoded && (name === "content-encoding" || name === "content-length")) return [];
    // deno-lint-ignore no-control-regex
    return /[\x00-\x08\x0a-\x1f\x7f]|[^\x00-\xff]/.test(value) ? [] : [[name, value]];
  });
}

function mayGive(name: string): boolean {
  return given.has(name) || givenPrefix.test(name);
}

/** The most that the names and values of the headers given to an app may come to. */
export const maxGivenLength = 12 * 1024;

/** Whether the headers are too long to be given. */
export function areTooLong(headers: readonly HeaderPair[]): boolean {
  return headers.reduce((sum, [name, value]) => sum + name.length + value.length, 0) >
    maxGivenLength;
}
