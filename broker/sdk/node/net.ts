/** Node's module `net`, as far as an app in a browser can have it. @module */
import { isIP, isIPv4, isIPv6 } from "./ip_address.ts";
import { Socket, type SocketOptions } from "./socket.ts";

/**
 * Makes a socket and connects it: `connect(options, listener)` or `connect(port, host, listener)`.
 *
 * @throws As `Socket.connect()` does.
 */
function connect(...given: unknown[]): Socket {
  const [options] = given;
  const socket = new Socket(typeof options === "object" ? options as SocketOptions : {});
  return socket.connect(...given);
}

/** The module. */
export const net = {
  Socket,
  Stream: Socket,
  connect,
  createConnection: connect,
  isIP,
  isIPv4,
  isIPv6,
};
