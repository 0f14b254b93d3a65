/** Node's module `net`, as far as an app in a browser can have it. @module */
import { isIP, isIPv4, isIPv6 } from "./ip_address.ts";
import { Server, type ServerOptions } from "./server.ts";
import { Socket } from "./socket.ts";
import type { SocketOptions } from "./stream_socket.ts";

/**
 * Makes a socket and connects it: `connect(options, listener)` or `connect(port, host, listener)`.
 *
 * @throws As `Socket.connect()` does.
 */
function connectSocket(...given: unknown[]): Socket {
  const [options] = given;
  const socket = new Socket(typeof options === "object" ? options as SocketOptions : {});
  return socket.connect(...given);
}

/** Makes a server: `createServer(options, listener)` or `createServer(listener)`. */
function createServer(
  given?: ServerOptions | ((socket: Socket) => void),
  listener?: (socket: Socket) => void,
): Server {
  return typeof given === "function" ? new Server({}, given) : new Server(given, listener);
}

/** The module. */
export const net = {
  Socket,
  Stream: Socket,
  Server,
  connect: connectSocket,
  createConnection: connectSocket,
  createServer,
  isIP,
  isIPv4,
  isIPv6,
};
