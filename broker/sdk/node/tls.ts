/** Node's module `tls`, as far as an app in a browser can have it. @module */
import { type ConnectOptions, readConnectArguments } from "./connect_arguments.ts";
import { type TlsConnectOptions, TLSSocket } from "./tls_socket.ts";

/**
 * Makes an encrypted socket and connects it: `connect(options, listener)`, `connect(port, host, options, listener)`. The
 * listener is for `secureConnect`.
 *
 * @throws TypeError with Node's `code`: as `Socket.connect()` does, and for `rejectUnauthorized: false`.
 */
function connectEncrypted(...given: unknown[]): TLSSocket {
  const plain = (given[0] as TlsConnectOptions | null)?.socket;
  // To a connection that is there already no target is given.
  const named = plain ? [{ port: 0, ...given[0] as TlsConnectOptions }, ...given.slice(1)] : given;
  const { options, listener } = readConnectArguments<TlsConnectOptions & ConnectOptions>(named);
  const socket = new TLSSocket(options);
  if (listener) socket.once("secureConnect", listener);
  if (!plain) return socket.connect(options);
  socket.upgrade(plain);
  return socket;
}

/** The module. */
export const tls = { TLSSocket, connect: connectEncrypted };
