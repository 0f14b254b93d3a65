/** A fetch over REST: what the call asks for, and how a web server's answer is passed on (design section 9). @module */
import { z } from "zod";
import { ActionError } from "../actions/action_error.ts";
import type { OpenFetch } from "../actions/fetch_session.ts";
import { openFetch } from "../actions/open_fetch.ts";
import { type Broker, ConnectError } from "../actions/ports.ts";
import type { App } from "../schema/app.ts";
import { FetchQuery } from "../schema/app_api.ts";
import { FetchWish, HeaderPair } from "../schema/fetch.ts";
import { readQuery } from "./read_body.ts";
import { toActionError } from "./session_problem.ts";

/** The request header that holds the headers to send, as a JSON object. */
export const sentHeaders = "gatehouse-headers";
/** The response header that holds the head of the web server's answer, as JSON in ASCII. */
export const answeredHead = "gatehouse-response";

const HeaderObject = z.record(z.string(), z.string());

/** What a call of `/api/v1/fetch` asks for. Throws ActionError `invalid-query`, `invalid-header`. */
export function readFetchCall(request: Request, url: URL): FetchWish {
  const { method = request.method, ...rest } = readQuery(url, FetchQuery);
  return { ...rest, method, headers: readHeaders(request.headers.get(sentHeaders)) };
}

function readHeaders(text: string | null): HeaderPair[] {
  if (text === null) return [];
  try {
    return z.array(HeaderPair).max(64).parse(Object.entries(HeaderObject.parse(JSON.parse(text))));
  } catch {
    throw new ActionError(
      "invalid-header",
      '`Gatehouse-Headers` is a JSON object of at most 64 texts, such as {"accept":"text/html"}.',
    );
  }
}

/**
 * Fetches for an app, and waits for the person where nobody has answered yet.
 *
 * @param gone Aborts when the caller is gone, or the broker stops.
 * @throws ActionError `fetch-refused`, `fetch-failed`, `queue-full`, `not-installed`, `invalid-query`.
 */
export async function fetchFor(
  broker: Broker,
  app: App,
  wish: FetchWish,
  body: AsyncIterable<Uint8Array> | null,
  gone: AbortSignal,
): Promise<OpenFetch> {
  const contextId = broker.secrets.newId("ctx");
  try {
    return await openFetch(broker, app.id, { contextId, wish, body }, {
      signal: gone,
      onWaiting: () => {},
      onCut: () => {},
    });
  } catch (fault) {
    throw fault instanceof ConnectError ? toActionError(fault.error) : fault;
  }
}

/**
 * Passes an answer on: never under the web server's own status and headers, which would be taken for the broker's.
 *
 * @param method That of the call: the answer to a HEAD has no body that anybody reads.
 */
export function answerFetch({ head, body }: OpenFetch, method: string): Response {
  const hasReader = method !== "HEAD";
  if (!hasReader) void body.return?.();
  return new Response(hasReader ? streamOf(body) : null, {
    headers: {
      "content-type": "application/octet-stream",
      "cache-control": "no-store",
      [answeredHead]: asAscii(JSON.stringify(head)),
    },
  });
}

/** A body as the platform streams it: read when it is wanted, left when its reader leaves. */
export function streamOf(body: OpenFetch["body"]): ReadableStream<Uint8Array> {
  return new ReadableStream({
    async pull(controller) {
      const next = await body.next();
      if (next.done) controller.close();
      else controller.enqueue(next.value);
    },
    async cancel() {
      await body.return?.();
    },
  }, { highWaterMark: 0 });
}

/** JSON keeps its meaning when what is not ASCII is escaped; headers are nothing else. */
function asAscii(json: string): string {
  return json.replace(
    /[^\x20-\x7e]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
