/**
 * How an HTTP client connects: by the dialer, to addresses that were decided on, verified as every other connection.
 *
 * Not by `node:tls`: as of Deno 2.9.6 it believes a certificate of X.509 version 1 that merely names a trusted authority as
 * its issuer.
 *
 * @module
 */
import type { buildConnector } from "undici";
import { ConnectError, type Dialer, type Endpoint } from "../actions/ports.ts";
import { ConnectionSocket } from "./connection_socket.ts";

/** Where a connection has led. */
export interface Ends {
  readonly remote: Endpoint;
  readonly local: Endpoint;
}

/** What a connector works with. */
export interface VettedConnectorParts {
  readonly dialer: Dialer;
  /** The addresses that were decided on. */
  readonly addresses: readonly string[];
  /** The application protocols to offer over TLS, the best one first. */
  readonly alpn: readonly string[];
  /** How long connecting and the handshake may take together. */
  readonly timeoutMs: number;
  readonly onConnected?: (ends: Ends) => void;
}

/** Makes a connector for undici. The certificate has to be for the host of the URL. */
export function vettedConnector(parts: VettedConnectorParts): buildConnector.connector {
  return (options, callback) => {
    connect(parts, options).then(
      // Undici takes any duplex stream that has the members it calls.
      (socket) => callback(null, socket as never),
      (fault) => callback(fault, null),
    );
  };
}

async function connect(
  { dialer, addresses, alpn, timeoutMs, onConnected }: VettedConnectorParts,
  { hostname, protocol, port }: buildConnector.Options,
): Promise<ConnectionSocket> {
  const isTls = protocol === "https:";
  const signal = AbortSignal.timeout(timeoutMs);
  const portNumber = Number(port) || (isTls ? 443 : 80);
  const connection = await dialer.connectTcp(addresses, portNumber, {
    noDelay: true,
    keepAlive: true,
    signal,
  });
  const { remote, local } = connection;
  if (!addresses.includes(remote.address)) {
    connection.close();
    throw misled();
  }
  const serverName = hostname.replace(/^\[|\]$/g, "").replace(/\.$/, "");
  const tls = isTls ? await connection.startTls({ serverName, alpn, signal }) : null;
  onConnected?.({ remote, local });
  return new ConnectionSocket(connection, tls?.alpn ?? null);
}

function misled(): ConnectError {
  return new ConnectError({
    code: "internal-error",
    phase: "connect",
    message: "The connection would have led to an address that was not decided on.",
  });
}
