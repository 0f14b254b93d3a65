/** Node's module `dgram`, as far as an app in a browser can have it. @module */
import { type DatagramOptions, DatagramSocket, type RemoteInfo } from "./datagram_socket.ts";
import type { Buffer } from "./buffers.ts";
import { argumentError } from "./node_error.ts";

/**
 * Makes a UDP socket: `createSocket("udp4", listener)` or `createSocket(options, listener)`.
 *
 * @throws TypeError for another type than `udp4` and `udp6`.
 */
function createSocket(
  given: "udp4" | "udp6" | DatagramOptions,
  listener?: (message: Buffer, from: RemoteInfo) => void,
): DatagramSocket {
  const options = typeof given === "string" ? { type: given } : given;
  if (options?.type === "udp4" || options?.type === "udp6") {
    return new DatagramSocket(options, listener);
  }
  throw argumentError("Bad socket type: udp4 or udp6 is needed", "ERR_SOCKET_BAD_TYPE");
}

/** The module. */
export const dgram = { Socket: DatagramSocket, createSocket };
