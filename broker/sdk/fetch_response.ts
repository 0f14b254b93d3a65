/** The `Response` of a fetch through the broker: a real one, that tells where it came from. @module */
import type { FetchHead } from "../schema/fetch.ts";

/** Statuses that have no body (Fetch, "null body status"). */
const nullBody: ReadonlySet<number> = new Set([204, 205, 304]);

/** Makes the answer of a fetch; `body` is left alone where the answer has none. */
export function makeResponse(
  head: FetchHead,
  method: string,
  body: ReadableStream<Uint8Array<ArrayBuffer>>,
): Response {
  const { status, statusText, headers, url, redirected } = head;
  const isEmpty = method === "HEAD" || nullBody.has(status);
  // What the standard can't construct: a status beyond 599.
  if (status > 599) throw new TypeError(`The server answered with the status ${status}.`);
  const response = new Response(isEmpty ? null : body, { status, statusText, headers });
  return tell(response, { url, redirected });
}

/** `url` and `redirected` are empty on every `Response` that a script makes. */
function tell(response: Response, facts: Pick<FetchHead, "url" | "redirected">): Response {
  const { clone } = response;
  return Object.defineProperties(response, {
    url: { value: facts.url },
    redirected: { value: facts.redirected },
    clone: { value: () => tell(clone.call(response), facts) },
  });
}
