/** The arguments of `net.connect()`, in all the ways that Node takes them. @module */
import type { Gatehouse, SecureTransport } from "../mod.ts";
import { argumentError } from "./node_error.ts";

/** Where to connect, and how (Node's `net.SocketConnectOpts` for TCP). */
export interface ConnectOptions {
  port: number | string;
  /** A host name or an IP address; 127.0.0.1 when absent. */
  host?: string;
  /** Look up only addresses of this family. */
  family?: number;
  /** Send small writes at once. True when absent, unlike Node's: it cannot be changed once the connection is open. */
  noDelay?: boolean;
  keepAlive?: boolean;
  /** Milliseconds of idleness before keep-alive. */
  keepAliveInitialDelay?: number;
  /** As `setTimeout()`. */
  timeout?: number;
  /** Unix sockets are not there: refused. */
  path?: string;
  /**
   * Whether `tls.connect({ socket })` may encrypt the connection later; it may when absent. `off` is faster for a connection
   * that carries much. Not in Node.
   */
  secureTransport?: SecureTransport;
  /** Why the app wants this connection, shown to the person. Not in Node. */
  reason?: string;
  /** The broker connection to use; that of the last `connect()` of the SDK when absent. Not in Node. */
  gatehouse?: Gatehouse;
}

/** Arguments of `net.connect()`, read. */
export interface ConnectArguments<Options extends ConnectOptions = ConnectOptions> {
  options: Options & { port: number; host: string };
  listener: (() => void) | null;
}

/**
 * Reads `(options, listener)`, `(port, host, listener)` and what lies between; for TLS, options may follow the port too.
 *
 * @throws TypeError with Node's `code` for a port that is none, and for the path of a Unix socket.
 */
export function readConnectArguments<Options extends ConnectOptions>(
  given: readonly unknown[],
): ConnectArguments<Options> {
  const last = given.at(-1);
  const listener = typeof last === "function" ? last as () => void : null;
  const options = {} as Options;
  for (const [index, value] of given.entries()) {
    if (typeof value === "object" && value !== null) Object.assign(options, value);
    else if (index === 0 && isPort(value)) options.port = value as number | string;
    else if (index === 0) options.path = `${value}`;
    else if (typeof value === "string") options.host = value;
  }
  if (options.path) {
    throw argumentError(
      `There are no Unix sockets here: ${options.path}`,
      "ERR_FEATURE_UNAVAILABLE_ON_PLATFORM",
    );
  }
  const port = Number(options.port);
  if (!isPort(options.port) || port > 65535) {
    throw argumentError(
      `The port must be a whole number from 0 to 65535, not ${options.port}`,
      "ERR_SOCKET_BAD_PORT",
    );
  }
  return { options: { ...options, port, host: options.host || "127.0.0.1" }, listener };
}

function isPort(value: unknown): boolean {
  return (typeof value === "number" && Number.isInteger(value) && value >= 0) ||
    (typeof value === "string" && /^\d+$/.test(value));
}
