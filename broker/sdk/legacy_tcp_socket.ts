/** `navigator.openTCPSocket()`, the older surface of the Raw Sockets proposal. @module */
import type { TCPSocketOpenInfo } from "./tcp_open_info.ts";
import { TCPSocket } from "./tcp_socket.ts";
import type { TCPSocketOptions } from "./tcp_socket_options.ts";

/** Options of `navigator.openTCPSocket()` (Raw Sockets, `SocketOptions`). */
export interface LegacyTCPSocketOptions {
  /** A host name or an IP address. When absent the person is asked for it, on the card. */
  remoteAddress?: string;
  /** When absent the person is asked for it too. */
  remotePort?: number;
  noDelay?: boolean;
  /** Seconds of idleness before keep-alive; `true` is 60, `false` and 0 are off. */
  keepAlive?: boolean | number;
  sendBufferSize?: number;
  receiveBufferSize?: number;
}

/** What `navigator.openTCPSocket()` resolves to: a socket that is open. */
export class LegacyTCPSocket {
  readonly #socket: TCPSocket;
  readonly #info: TCPSocketOpenInfo;

  /** @internal Used by `openTCPSocket()`. */
  constructor(socket: TCPSocket, info: TCPSocketOpenInfo) {
    this.#socket = socket;
    this.#info = info;
  }

  /** What the peer sends. */
  get readable(): ReadableStream<Uint8Array<ArrayBuffer>> {
    return this.#info.readable;
  }

  /** What goes to the peer. */
  get writable(): WritableStream<BufferSource> {
    return this.#info.writable;
  }

  /** The address that the broker connected to. */
  get remoteAddress(): string {
    return this.#info.remoteAddress;
  }

  /** The port that the broker connected to. */
  get remotePort(): number {
    return this.#info.remotePort;
  }

  /** Closes both directions, as `TCPSocket.close()` does. */
  close(): Promise<undefined> {
    return this.#socket.close();
  }
}

/**
 * Opens a TCP connection once a person, or an earlier permission, allows it.
 *
 * @throws TypeError for options out of range; DOMException as `TCPSocket.opened` rejects.
 */
export async function openTCPSocket(
  options: LegacyTCPSocketOptions = {},
): Promise<LegacyTCPSocket> {
  // Without an address the person is asked for it, and without a port for that too.
  const { remoteAddress = "*", remotePort = 0 } = options;
  const socket = new TCPSocket(remoteAddress, remotePort, toOptions(options));
  return new LegacyTCPSocket(socket, await socket.opened);
}

function toOptions(options: LegacyTCPSocketOptions): TCPSocketOptions {
  const { noDelay, keepAlive, sendBufferSize, receiveBufferSize } = options;
  const keepAliveSeconds = keepAlive === true ? 60 : Number(keepAlive ?? 0);
  return {
    ...(noDelay !== undefined && { noDelay }),
    ...(keepAliveSeconds > 0 && { keepAliveDelay: keepAliveSeconds * 1000 }),
    ...(sendBufferSize !== undefined && { sendBufferSize }),
    ...(receiveBufferSize !== undefined && { receiveBufferSize }),
  };
}
