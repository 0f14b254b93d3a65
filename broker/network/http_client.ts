/** The HTTP client: requests to addresses that were decided on, over connections that each app keeps to itself. @module */
import { buildConnector, Pool } from "undici";
import {
  type Clock,
  ConnectError,
  type Dialer,
  type Endpoint,
  type HttpAnswer,
  type HttpAsk,
  type HttpClient,
} from "../actions/ports.ts";
import { contentCodings } from "../core/body_limits.ts";
import { portOf } from "../core/fetch_url.ts";
import { formatIpAddress, parseIpAddress } from "../core/ip_address.ts";
import { boundedBody } from "./bounded_body.ts";
import { badResponse, toHttpError } from "./http_fault.ts";

/** The longest head of an answer, in bytes. */
export const maxHeadBytes = 64 * 1024;
/** How long a server may take to be connected to, and then to begin its answer. */
export const connectTimeoutMs = 20_000;
/** How long a server may take to answer once it has the whole request. */
export const headTimeoutMs = 60_000;

/** How long a connection is kept for the next request. */
const keepAliveMs = 10_000;
/** How many connections one app has to one server. */
const maxConnections = 16;
/** How many servers are remembered, over all apps. */
const maxPools = 256;

/** What a client works with. */
export interface PooledHttpClientParts {
  clock: Pick<Clock, "setTimer" | "nowMs">;
  /** Tells what is wrong with a certificate, which Node's TLS leaves in the dark: an expired one is "unverified" to it. */
  dialer: Dialer;
  /** Authorities to trust instead of those of this machine, PEM. For tests. */
  caCerts?: readonly string[];
}

/** The connections of one app to one server at addresses that were decided on. */
interface Server {
  readonly pool: Pool;
  /** Where its newest connection led. */
  newest: { remote: Endpoint; local: Endpoint } | null;
}

/** `HttpClient` over undici, whose look-up of names is replaced by what was decided. */
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
      });
      // Whatever the body becomes, its faults are met where it is read.
      answer.body.on("error", () => {});
      return this.#answer(ask, server, answer as never);
    } catch (fault) {
      throw signal.aborted ? signal.reason : await this.#explain(ask, toHttpError(fault));
    }
  }

  /** What is wrong with a certificate shows in a handshake of its own. */
  async #explain({ url, addresses, signal }: HttpAsk, fault: ConnectError): Promise<ConnectError> {
    const { code } = fault.error;
    if (code !== "certificate-untrusted" && code !== "tls-failed") return fault;
    try {
      const options = { noDelay: true, keepAlive: false, signal };
      const connection = await this.#parts.dialer.connectTcp(addresses, portOf(url), options);
      const serverName = url.hostname.replace(/^\[|\]$/g, "");
      await connection.startTls({ serverName, alpn: [], signal });
      connection.close();
      return fault;
    } catch (precise) {
      return precise instanceof ConnectError && precise.error.phase === "tls" ? precise : fault;
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
        headersTimeout: headTimeoutMs,
        // How fast a body has to come is for `boundedBody` to say, which knows when its reader waits.
        bodyTimeout: 0,
        keepAliveTimeout: keepAliveMs,
        keepAliveMaxTimeout: keepAliveMs,
        connect: this.#connector(addresses, (ends) => server.newest = ends),
      }),
    };
    this.#servers.set(key, server);
    return server;
  }

  /** Dials these addresses and no other, and verifies a certificate for the name in the URL. */
  #connector(
    addresses: readonly string[],
    onConnected: (ends: NonNullable<Server["newest"]>) => void,
  ): buildConnector.connector {
    const { caCerts } = this.#parts;
    const all = addresses.map((address) => ({ address, family: parseIpAddress(address)?.family }));
    const connect = buildConnector({
      timeout: connectTimeoutMs,
      allowH2: true,
      lookup: (_name: string, _options: unknown, callback: (error: null, all: unknown) => void) =>
        callback(null, all),
      ...(caCerts && { ca: [...caCerts] }),
    } as buildConnector.BuildOptions);
    return (options, callback) =>
      connect(options, (fault, socket) => {
        if (fault !== null) return callback(fault, null);
        const { remoteAddress = "", remotePort = 0, localAddress = "", localPort = 0 } = socket;
        const remote = canonical(remoteAddress);
        if (remote === null || !addresses.includes(remote)) {
          socket.destroy();
          return callback(misled(), null);
        }
        onConnected({
          remote: { address: remote, port: remotePort },
          local: { address: canonical(localAddress) ?? localAddress, port: localPort },
        });
        callback(null, socket);
      });
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

function pairs(raw: readonly string[]): [string, string][] {
  const headers: [string, string][] = [];
  for (let index = 0; index + 1 < raw.length; index += 2) {
    headers.push([String(raw[index]), String(raw[index + 1])]);
  }
  return headers;
}

function canonical(address: string): string | null {
  const parsed = parseIpAddress(address);
  return parsed && formatIpAddress(parsed);
}

function misled(): ConnectError {
  return new ConnectError({
    code: "internal-error",
    phase: "connect",
    message: "The connection would have led to an address that was not decided on.",
  });
}
