/** The sending half of a Wisp connection: what waits to go out is bounded, however slow the client reads. @module */
import { encodeWispPacket, type WispPacket } from "./wisp_codec.ts";
import { headerRoomBytes, type RelaySocket } from "./relay_socket.ts";

/** Sends packets over one WebSocket. After {@link WispSender.stop} every call does nothing. */
export class WispSender {
  #pendingControlBytes = 0;
  #stopped = false;

  /**
   * @param maxPendingControlBytes When more bytes of control packets than this wait to go out, the client reads nothing and
   * is cut.
   */
  constructor(
    private readonly webSocket: RelaySocket,
    private readonly maxPendingControlBytes: number,
  ) {}

  /** Queues a control packet. */
  control(packet: Exclude<WispPacket, { type: "DATA" }>): void {
    const message = encodeWispPacket(packet);
    this.#pendingControlBytes += message.length;
    if (this.#pendingControlBytes > this.maxPendingControlBytes) return this.#cut();
    this.#send(message, () => this.#pendingControlBytes -= message.length, 0);
  }

  /**
   * Sends DATA whose header is in place, with {@link headerRoomBytes} free bytes before it in its buffer.
   *
   * @returns Resolves once the WebSocket has let go of `message`, or failed; its buffer may be used again then.
   */
  data(message: Uint8Array): Promise<void> {
    return new Promise((resolve) => this.#send(message, resolve, headerRoomBytes));
  }

  /** Says that the WebSocket is closing: nothing more is sent. */
  stop(): void {
    this.#stopped = true;
  }

  #send(message: Uint8Array, done: () => void, roomBytes: number): void {
    if (this.#stopped) return done();
    try {
      // A failure to send is followed by the WebSocket's own `close` event, which ends every stream.
      this.webSocket.send(message, () => done(), roomBytes);
    } catch {
      this.#cut();
      done();
    }
  }

  #cut(): void {
    if (this.#stopped) return;
    this.#stopped = true;
    this.webSocket.terminate();
  }
}
