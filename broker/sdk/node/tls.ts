/** Node's module `tls`, as far as an app in a browser can have it. @module */
import { type ConnectOptions, readConnectArguments } from "./connect_arguments.ts";
import { type TlsConnectOptions, TLSSocket } from "./tls_socket.ts";

/**
 * Makes an encrypted socket and connects it: `connect(options, listener)`, `connect(port, host, options, listener)`. The
 * listener is for `secureConnect`.
 *
 * @throws TypeError with Node's `code`: as `Socket.connect()` does, and for `rejectUnauthorized: false`.
 */
function connect(...given: unknown[]): TLSSocket {
  const { options, listener } = readConnectArguments<TlsConnectOptions & ConnectOptions>(given);
  const socket = new TLSSocket(options);
  if (listener) socket.once("secureConnect", listener);
  return socket.connect(options);
}

/** The module. */
export const tls = { TLSSocket, connect };
