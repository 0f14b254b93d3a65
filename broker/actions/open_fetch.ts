/** Fetching for an app: ask, look the name up, decide on every address, send, and again at every redirect. @module */
import { acceptedCodings, defaultBodyLimits } from "../core/body_limits.ts";
import { areTooLong, HeaderError, headersToGive, headersToSend } from "../core/fetch_headers.ts";
import { FetchWishError, mayHaveBody, readFetchUrl, readMethod } from "../core/fetch_url.ts";
import { followRedirect, type Hop, maxRedirects, redirectLocation } from "../core/redirect.ts";
import type { AppId } from "../schema/ids.ts";
import type { SessionError } from "../schema/session.ts";
import { cookiesFor } from "./app_cookies.ts";
import { FetchPlace } from "./fetch_place.ts";
import type { FetchAsk, OpenFetch } from "./fetch_session.ts";
import { keepCookies } from "./keep_cookies.ts";
import { type Broker, ConnectError, type HttpAnswer } from "./ports.ts";
import { denied } from "./refused_connection.ts";
import type { SocketEvents } from "./socket_session.ts";

/**
 * Fetches under the app's permissions, asking the person where there is no answer yet; each redirect is a question of its
 * own. Resolves once the head of the answer has come.
 *
 * @throws ConnectError with phase `policy` (denied, silenced, withdrawn, limited, not installed, `invalid-request`), `dns`,
 * `connect`, `tls` or `transfer` (`bad-response`, `too-large`, `too-slow`, `redirect-refused`).
 */
export async function openFetch(
  broker: Broker,
  appId: AppId,
  ask: FetchAsk,
  events: SocketEvents,
): Promise<OpenFetch> {
  let hop = readWish(ask);
  const { redirect } = ask.wish;
  const place = new FetchPlace(broker, appId, ask, events);
  try {
    for (let redirects = 0;; redirects++) {
      const addresses = await place.enter(hop.url);
      const answer = await send(broker, appId, hop, addresses, place, ask);
      place.reached(answer);
      if (ask.wish.credentials === "include") await keep(broker, appId, hop, answer);
      const location = redirectLocation(answer.status, answer.headers);
      if (location === null || redirect === "manual") {
        return give(place, hop, answer, redirects > 0);
      }
      if (redirect === "error") throw refused("The server redirects, which this fetch forbids.");
      const next = followRedirect(hop, answer.status, location);
      if ("fault" in next) throw refused(next.fault);
      if (redirects === maxRedirects) {
        throw refused(`The server redirects more than ${maxRedirects} times.`);
      }
      await leave(answer);
      hop = next.hop;
    }
  } catch (fault) {
    // Whatever broke because the session was cut, it is the cut that is told.
    const why = place.signal.aborted ? place.signal.reason : fault;
    place.end(why instanceof ConnectError ? why.error : null);
    throw why;
  }
}

/** Keeps what an answer sets. One that can't be written down is still an answer. */
async function keep(
  broker: Broker,
  appId: AppId,
  { url }: Hop,
  { headers }: HttpAnswer,
): Promise<void> {
  try {
    await keepCookies(broker, appId, url, headers);
  } catch (fault) {
    broker.log.error("cookies-not-kept", fault, { appId });
  }
}

function readWish({ wish, body }: FetchAsk): Hop {
  try {
    const url = readFetchUrl(wish.url);
    const method = readMethod(wish.method);
    if (body !== null && !mayHaveBody(method)) {
      throw new FetchWishError("/method", `A ${method} request has no body.`);
    }
    return { url, method, headers: headersToSend(wish.headers), hasBody: body !== null };
  } catch (fault) {
    const isTheirs = fault instanceof FetchWishError || fault instanceof HeaderError;
    if (isTheirs) throw denied("invalid-request", fault.message);
    throw fault;
  }
}

async function send(
  broker: Broker,
  appId: AppId,
  { url, method, headers, hasBody }: Hop,
  addresses: readonly string[],
  place: FetchPlace,
  { body, wish }: FetchAsk,
): Promise<HttpAnswer> {
  const cookies = wish.credentials === "include" ? cookiesFor(broker, appId, url) : null;
  const has = (name: string) => headers.some(([other]) => other === name);
  return await broker.http.exchange({
    appId,
    url,
    addresses,
    method,
    headers: [
      ...(has("accept") ? [] : [["accept", "*/*"] as const]),
      ...(has("user-agent") ? [] : [["user-agent", "Gatehouse"] as const]),
      // A part of what is compressed could not be read.
      ["accept-encoding", has("range") ? "identity" : acceptedCodings],
      ...headers,
      ...(cookies === null ? [] : [["cookie", cookies] as const]),
    ],
    body: hasBody && body !== null ? place.counting(body) : null,
    limits: defaultBodyLimits,
    signal: place.signal,
  });
}

function give(
  place: FetchPlace,
  { url }: Hop,
  answer: HttpAnswer,
  redirected: boolean,
): OpenFetch {
  const { session } = place.open();
  const headers = headersToGive(answer.headers, answer.isDecoded);
  if (areTooLong(headers)) {
    const message = "The head of the server's answer is too long.";
    throw new ConnectError({ code: "too-large", phase: "transfer", message });
  }
  return {
    session,
    end: (error) => place.end(error),
    head: {
      status: answer.status,
      statusText: answer.statusText,
      url: url.href,
      redirected,
      headers,
    },
    body: received(place, answer.body),
  };
}

/** The body, which ends the session with it, even when its reader leaves before the first byte. */
function received(
  place: FetchPlace,
  body: AsyncIterable<Uint8Array>,
): AsyncIterableIterator<Uint8Array, void> {
  const pieces = passOn(place, body);
  return {
    [Symbol.asyncIterator]() {
      return this;
    },
    next: () => pieces.next(),
    return: async () => {
      // Aborts the request, and so what the reader may still be waiting for.
      place.end(null);
      return await pieces.return();
    },
  };
}

async function* passOn(
  place: FetchPlace,
  body: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array, void> {
  let error: SessionError | null = null;
  try {
    for await (const bytes of body) {
      place.open().session.bytesReceived += bytes.length;
      yield bytes;
    }
  } catch (fault) {
    if (fault instanceof ConnectError) error = fault.error;
    throw fault;
  } finally {
    place.end(error);
  }
}

/** Leaves the body of an answer that redirects. */
async function leave({ body }: HttpAnswer): Promise<void> {
  await body[Symbol.asyncIterator]().return?.();
}

function refused(message: string): ConnectError {
  return new ConnectError({ code: "redirect-refused", phase: "transfer", message });
}
