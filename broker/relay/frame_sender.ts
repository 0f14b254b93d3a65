/** The sending half of a relay, or of a Wisp connection: what waits to go out is bounded, however slow the app reads. @module */
import type { Frame } from "./frame_codec.ts";
import { headerRoomBytes, type RelaySocket } from "./relay_socket.ts";

/**
 * Sends frames over one WebSocket. After {@link FrameSender.stop} every call does nothing.
 *
 * @typeParam Sent The frames of its wire.
 */
export class FrameSender<Sent extends { type: string } = Frame> {
  #pendingControlBytes = 0;
  #stopped = false;

  /**
   * @param encode Writes a frame as one message.
   * @param maxPendingControlBytes When more bytes of control frames than this wait to go out, the app reads nothing and
   * its relay is cut: unlike data, these are not bounded by credit.
   */
  constructor(
    private readonly webSocket: RelaySocket,
    private readonly encode: (frame: Sent) => Uint8Array,
    private readonly maxPendingControlBytes: number,
  ) {}

  /** Queues a control frame. */
  control(frame: Exclude<Sent, { type: "DATA" }>): void {
    const message = this.encode(frame as Sent);
    this.#pendingControlBytes += message.length;
    if (this.#pendingControlBytes > this.maxPendingControlBytes) return this.#cut();
    this.#send(message, () => this.#pendingControlBytes -= message.length);
  }

  /**
   * Sends a DATA frame whose header is in place, with {@link headerRoomBytes} free bytes before it in its buffer.
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

  #send(message: Uint8Array, done: () => void, roomBytes = 0): void {
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
