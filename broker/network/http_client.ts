/** The HTTP client: requests to addresses that were decided on, over connections that each app keeps to itself. @module */
import { Pool } from "undici";
import type { Clock, Dialer, HttpAnswer, HttpAsk, HttpClient } from "../actions/ports.ts";
import { contentCodings } from "../core/body_limits.ts";
import { boundedBody } from "./bounded_body.ts";
import { badResponse, toHttpError } from "./http_fault.ts";
import { type Ends, vettedConnector } from "./vetted_connector.ts";

/** The longest head of an answer, in bytes. */
export const maxHeadBytes = 64 * 1024;
/** How long a server may take to be connected to, and then to begin its answer. */
export const connectTimeoutMs = 20_000;
/** How long a server may take to answer once it has the whole request. */
export const headTimeoutMs = 60_000;

/** How many interim answers (RFC 9110, section 15.2) a server may send before its answer. */
const maxInterimAnswers = 16;

/** How long a connection is kept for the next request. */
const keepAliveMs = 10_000;
/** How many connections one app has to one server. */
const maxConnections = 16;
/** How much of a body is read ahead of its reader. */
const bodyWindowBytes = 512 * 1024;
/** How many servers are remembered, over all apps. */
const maxPools = 256;

/** What a client works with. */
export interface PooledHttpClientParts {
  clock: Pick<Clock, "setTimer" | "nowMs">;
  /** Dials, and verifies certificates. */
  dialer: Dialer;
  /** How long a server may take to answer once it has the whole request; {@link headTimeoutMs} unless a test sets another. */
  headTimeoutMs?: number;
}

/** The connections of one app to one server at addresses that were decided on. */
interface Server {
  readonly pool: Pool;
  /** Where its newest connection led. */
  newest: Ends | null;
}

/** `HttpClient` over undici, whose connections are the dialer's. */
export class PooledHttpClient implements HttpClient {
  readonly #parts: PooledHttpClientParts;
  readonly #servers = new Map<string, Server>();

  constructor(parts: PooledHttpClientParts) {
    this.#parts = parts;
  }

  /** Sends one request, and resolves once its head has come. */
  async exchange(ask: HttpAsk): Promise<HttpAnswer> {
    const { url, method, headers, body, signal } = ask;
    const server = this.#server(ask);
    try {
      signal.throwIfAborted();
      const answer = await server.pool.request({
        path: url.pathname + url.search,
        method,
        headers: headers.flat(),
        // Undici reads any iterable of bytes, and waits for the server before it takes more.
        body: body as never,
        signal,
        responseHeaders: "raw",
        onInfo: patience(),
        highWaterMark: bodyWindowBytes,
      });
      // Whatever the body becomes, its faults are met where it is read.
      answer.body.on("error", () => {});
      return this.#answer(ask, server, answer as never);
    } catch (fault) {
      throw signal.aborted ? signal.reason : toHttpError(fault);
    }
  }

  /** Closes every connection at once. */
  async close(): Promise<void> {
    const servers = [...this.#servers.values()];
    this.#servers.clear();
    await Promise.all(servers.map(({ pool }) => pool.destroy()));
  }

  #answer(
    { limits, signal, method }: HttpAsk,
    { newest }: Server,
    { statusCode, statusText, headers: raw, body }: {
      statusCode: number;
      statusText?: string;
      headers: readonly string[];
      body: AsyncIterable<Uint8Array> & { destroy(): void };
    },
  ): HttpAnswer {
    const headers = pairs(raw);
    // A part of a compressed body is of no use decompressed, and an answer without a body has nothing to undo.
    const mayDecode = statusCode !== 206 && method !== "HEAD";
    const header = headers.filter(([name]) => name.toLowerCase() === "content-encoding")
      .map(([, value]) => value).join(",");
    const codings = mayDecode ? contentCodings(header) : [];
    if (codings === null || newest === null) {
      body.destroy();
      throw badResponse("The server sent a body in an encoding that was not asked for.");
    }
    return {
      status: statusCode,
      statusText: statusText ?? "",
      headers,
      body: boundedBody({ body, codings, limits, signal, clock: this.#parts.clock }),
      isDecoded: codings.length > 0,
      ...newest,
    };
  }

  #server({ appId, url, addresses }: HttpAsk): Server {
    const key = JSON.stringify([appId, url.origin, addresses.toSorted()]);
    const known = this.#servers.get(key);
    if (known) return known;
    this.#forgetIdle();
    const server: Server = {
      newest: null,
      pool: new Pool(url.origin, {
        connections: maxConnections,
        pipelining: 1,
        allowH2: true,
        maxHeaderSize: maxHeadBytes,
        headersTimeout: this.#parts.headTimeoutMs ?? headTimeoutMs,
        // How fast a body has to come is for `boundedBody` to say, which knows when its reader waits.
        bodyTimeout: 0,
        keepAliveTimeout: keepAliveMs,
        keepAliveMaxTimeout: keepAliveMs,
        connect: vettedConnector({
          dialer: this.#parts.dialer,
          addresses,
          alpn: ["h2", "http/1.1"],
          timeoutMs: connectTimeoutMs,
          onConnected: (ends) => server.newest = ends,
        }),
      }),
    };
    this.#servers.set(key, server);
    return server;
  }

  #forgetIdle(): void {
    if (this.#servers.size < maxPools) return;
    for (const [key, { pool }] of this.#servers) {
      if (pool.stats.size > 0) continue;
      this.#servers.delete(key);
      pool.destroy().catch(() => {});
      if (this.#servers.size < maxPools) return;
    }
  }
}

/** Takes so many interim answers, and no more: a server could send them for ever. */
function patience(): () => void {
  let taken = 0;
  return () => {
    if (++taken > maxInterimAnswers) {
      throw badResponse("The server answers without coming to an end.");
    }
  };
}

function pairs(raw: readonly string[]): [string, string][] {
  const headers: [string, string][] = [];
  for (let index = 0; index + 1 < raw.length; index += 2) {
    headers.push([String(raw[index]), String(raw[index + 1])]);
  }
  return headers;
}
