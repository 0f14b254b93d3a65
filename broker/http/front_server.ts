/** The server in front: `node:http` on loopback alone, with a bound on everything that a client can make it hold. @module */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";
import { toNodeHandler } from "srvx/node";
import type { Clock, Log } from "../actions/ports.ts";
import { watchAccept } from "./accept_watch.ts";
import { allowedHosts } from "./hosts.ts";
import { problemOf } from "./problem.ts";
import { refuseResponse, refuseSocket } from "./raw_refusal.ts";
import { vetRequest } from "./request_guard.ts";

/** The bounds of the server in front. */
export interface FrontLimits {
  /** Time for a whole head, and for a whole request. */
  readonly headersTimeoutMs: number;
  readonly requestTimeoutMs: number;
  /** How long a connection may be idle between two requests. */
  readonly keepAliveTimeoutMs: number;
  /** How often those times are checked. */
  readonly checkIntervalMs: number;
  readonly maxHeadBytes: number;
  readonly maxBodyBytes: number;
  /** Connections at a time on each address, WebSockets included. */
  readonly maxConnections: number;
}

/** The bounds that hold unless a test sets others. */
export const defaultFrontLimits: FrontLimits = {
  headersTimeoutMs: 10_000,
  requestTimeoutMs: 30_000,
  keepAliveTimeoutMs: 15_000,
  checkIntervalMs: 1000,
  maxHeadBytes: 16 * 1024,
  maxBodyBytes: 1024 * 1024,
  maxConnections: 512,
};

/** Takes a WebSocket upgrade whose head has been vetted. */
export type UpgradeHandler = (incoming: IncomingMessage, socket: Duplex, head: Uint8Array) => void;

/** What the server in front needs. */
export interface FrontOptions {
  /** The port on every loopback address; 0 for one that is free. */
  readonly port: number;
  /** Answers requests. Their URLs name the `Host` that was vetted. */
  readonly handler: (request: Request) => Promise<Response>;
  readonly upgrade: UpgradeHandler;
  readonly clock: Clock;
  readonly log: Log;
  readonly limits?: Partial<FrontLimits>;
}

/** The server in front, listening. */
export interface Front {
  readonly port: number;
  /** The addresses it listens on: `127.0.0.1`, and `::1` where the machine has IPv6. */
  readonly addresses: readonly string[];
  /** Takes no more connections, waits up to `graceMs` for those there are to be done, and cuts the rest. */
  stop(graceMs: number): Promise<void>;
}

/** How long a client has to take the answer to a request whose body was not read. */
const unreadGraceMs = 1000;
/** How often another free port is tried when the one that IPv4 gave is taken on IPv6. */
const portTrials = 8;

/**
 * Listens on the loopback addresses.
 *
 * @throws Error with code `EADDRINUSE` when the port is taken.
 */
export async function startFront(options: FrontOptions): Promise<Front> {
  for (let trial = 1;; trial++) {
    const ipv4 = await listenOn("127.0.0.1", options.port, options);
    const { port } = ipv4.address;
    try {
      const ipv6 = await listenOn("::1", port, options).catch((fault) => {
        if (hasNoIpv6(fault)) return null;
        throw fault;
      });
      return frontOf(ipv6 ? [ipv4, ipv6] : [ipv4], port, options);
    } catch (fault) {
      ipv4.server.close();
      if (options.port !== 0 || trial === portTrials) throw fault;
    }
  }
}

interface Listening {
  readonly server: Server;
  readonly address: AddressInfo;
}

function frontOf(
  listening: readonly Listening[],
  port: number,
  { clock, log }: FrontOptions,
): Front {
  const addresses = listening.map(({ address }) => address.address);
  const stopWatches = listening.map(({ server, address }) =>
    watchAccept(server, address.address, port, clock, log)
  );
  return {
    port,
    addresses,
    async stop(graceMs) {
      for (const stopWatch of stopWatches) stopWatch();
      const cut = clock.setTimer(graceMs, () => {
        for (const { server } of listening) server.closeAllConnections();
      });
      await Promise.all(listening.map(({ server }) => {
        const closed = new Promise<void>((resolve) => server.close(() => resolve()));
        server.closeIdleConnections();
        return closed;
      }));
      cut();
    },
  };
}

async function listenOn(host: string, port: number, options: FrontOptions): Promise<Listening> {
  const server = makeServer(options);
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen({ host, port, exclusive: true }, () => {
      server.off("error", reject);
      resolve();
    });
  });
  server.on("error", (fault) => options.log.error("front-failed", fault));
  const address = server.address();
  // What was asked for may not be what was bound: never serve beyond loopback.
  if (address === null || typeof address === "string" || address.address !== host) {
    server.close();
    throw new Error(`Asked to listen on ${host}, but something else was bound.`);
  }
  return { server, address };
}

function makeServer(options: FrontOptions): Server {
  const limits = { ...defaultFrontLimits, ...options.limits };
  const server = createServer({
    headersTimeout: limits.headersTimeoutMs,
    requestTimeout: limits.requestTimeoutMs,
    keepAliveTimeout: limits.keepAliveTimeoutMs,
    connectionsCheckingInterval: limits.checkIntervalMs,
    maxHeaderSize: limits.maxHeadBytes,
    // Two `Host` headers, or none, get a problem from the guard below.
    requireHostHeader: false,
  });
  server.maxConnections = limits.maxConnections;
  // srvx types its parameters as those of HTTP/1 and HTTP/2 at once.
  const answer = toNodeHandler((request) => guarded(options, request), {
    maxRequestBodySize: limits.maxBodyBytes,
  }) as (incoming: IncomingMessage, outgoing: ServerResponse) => unknown;
  const hostsOf = (incoming: IncomingMessage) => allowedHosts(incoming.socket.localPort ?? 0);

  const onRequest = (incoming: IncomingMessage, outgoing: ServerResponse) => {
    const vetted = vetRequest(incoming, hostsOf(incoming));
    closeWhenUnread(incoming, outgoing, options.clock);
    if ("problem" in vetted) return refuseResponse(outgoing, vetted.problem);
    if (incoming.headers.expect !== undefined) outgoing.writeContinue();
    void answer(incoming, outgoing);
  };
  server.on("request", onRequest);
  server.on("checkContinue", onRequest);
  server.on("upgrade", (incoming, socket, head) => {
    socket.on("error", () => socket.destroy());
    const vetted = vetRequest(incoming, hostsOf(incoming));
    if ("problem" in vetted) return refuseSocket(socket, vetted.problem);
    if (incoming.headers.upgrade?.toLowerCase() !== "websocket") {
      return refuseSocket(
        socket,
        problemOf("invalid-header", "`Upgrade` can only be `websocket` here."),
      );
    }
    options.upgrade(incoming, socket, head);
  });
  server.on("clientError", (fault: Error & { code?: string }, socket) => {
    if (!socket.writable || fault.code === "ECONNRESET") return socket.destroy();
    socket.end(
      `HTTP/1.1 ${statusLine(fault.code)}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`,
    );
  });
  return server;
}

/** What a handler throws never reaches the process; Fresh's handler answers its own faults. */
async function guarded({ handler, log }: FrontOptions, request: Request): Promise<Response> {
  try {
    return await handler(request);
  } catch (fault) {
    // Nobody is there any more to whom it matters.
    if (!request.signal.aborted) log.error("request-failed", fault);
    return new Response(null, { status: 500 });
  }
}

/** A body that nobody reads must not keep the connection: the rest of it could go on for ever. */
function closeWhenUnread(incoming: IncomingMessage, outgoing: ServerResponse, clock: Clock): void {
  const { socket } = incoming;
  outgoing.once("finish", () => {
    if (incoming.complete || socket.destroyed) return;
    socket.end();
    // Cut later, lest the client lose the answer to the reset.
    const notCut = clock.setTimer(unreadGraceMs, () => socket.destroy());
    socket.once("close", notCut);
  });
}

function statusLine(code: string | undefined): string {
  if (code === "ERR_HTTP_REQUEST_TIMEOUT") return "408 Request Timeout";
  return code === "HPE_HEADER_OVERFLOW" ? "431 Request Header Fields Too Large" : "400 Bad Request";
}

function hasNoIpv6(fault: unknown): boolean {
  const code = fault instanceof Error && "code" in fault ? fault.code : null;
  return code === "EADDRNOTAVAIL" || code === "EAFNOSUPPORT" || code === "EINVAL";
}
