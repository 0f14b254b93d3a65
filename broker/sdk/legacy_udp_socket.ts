/** `navigator.openUDPSocket()`, the older surface of the Raw Sockets proposal. @module */
import type { ReceivedUDPMessage } from "./udp_message.ts";
import { UDPSocket, type UDPSocketOpenInfo } from "./udp_socket.ts";

/** Options of `navigator.openUDPSocket()` (Raw Sockets, `SocketOptions`). */
export interface LegacyUDPSocketOptions {
  /** A host name or an IP address. When absent the person is asked for it, on the card. */
  remoteAddress?: string;
  /** When absent the person is asked for it too. */
  remotePort?: number;
  sendBufferSize?: number;
  receiveBufferSize?: number;
}

/** Where a datagram came from. */
export interface LegacyPeer {
  remoteAddress: string;
  remotePort: number;
}

/** What `navigator.openUDPSocket()` resolves to: a socket that is open. What others than its peer send is dropped. */
export class LegacyUDPSocket {
  readonly #socket: UDPSocket;
  readonly #peer: LegacyPeer;
  readonly #reader: ReadableStreamDefaultReader<ReceivedUDPMessage>;
  readonly #writer: WritableStreamDefaultWriter<{ data: BufferSource }>;

  /** @internal Used by `openUDPSocket()`. */
  constructor(socket: UDPSocket, info: UDPSocketOpenInfo) {
    this.#socket = socket;
    this.#peer = { remoteAddress: info.remoteAddress ?? "", remotePort: info.remotePort ?? 0 };
    this.#reader = info.readable.getReader();
    this.#writer = info.writable.getWriter();
    // A fault shows in the next `send()` or iteration.
    this.#reader.closed.catch(() => {});
    this.#writer.closed.catch(() => {});
  }

  /** The address of the peer. */
  get remoteAddress(): string {
    return this.#peer.remoteAddress;
  }

  /** The port of the peer. */
  get remotePort(): number {
    return this.#peer.remotePort;
  }

  /**
   * Sends one datagram.
   *
   * Rejects with TypeError for an empty one, and as the writes of `UDPSocket` do.
   */
  async send(data: Blob): Promise<undefined> {
    if (!(data instanceof Blob)) throw new TypeError("send() takes a Blob");
    await this.#writer.write({ data: await data.arrayBuffer() });
  }

  /** Each datagram of the peer, with where it came from. Ends with the socket; leaving the loop does not close it. */
  async *[Symbol.asyncIterator](): AsyncGenerator<[LegacyPeer, Blob], undefined> {
    for (;;) {
      const { done, value } = await this.#reader.read();
      if (done) return;
      yield [{ ...this.#peer }, new Blob([value.data])];
    }
  }

  /** Closes the socket; what was sent already goes out. */
  async close(): Promise<undefined> {
    // A loop that waits for the next datagram ends.
    await Promise.allSettled([this.#writer.close(), this.#reader.cancel()]);
    return await this.#socket.closed;
  }
}

/**
 * Opens a UDP socket for one peer once a person, or an earlier permission, allows it.
 *
 * @throws TypeError for options out of range; DOMException as `UDPSocket.opened` rejects.
 */
export async function openUDPSocket(
  options: LegacyUDPSocketOptions = {},
): Promise<LegacyUDPSocket> {
  // Without an address the person is asked for it, and without a port for that too.
  const { remoteAddress = "*", remotePort = 0, sendBufferSize, receiveBufferSize } = options;
  const socket = new UDPSocket({
    remoteAddress,
    remotePort,
    ...(sendBufferSize !== undefined && { sendBufferSize }),
    ...(receiveBufferSize !== undefined && { receiveBufferSize }),
  });
  return new LegacyUDPSocket(socket, await socket.opened);
}
