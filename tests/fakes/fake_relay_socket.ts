/** The broker's end of a relay's WebSocket, played by a test that stands at the app's end. @module */
import { decodeFrame, encodeFrame, type Frame } from "../../broker/relay/frame_codec.ts";
import type { RelaySocket } from "../../broker/relay/relay_socket.ts";

type Listener = (...values: never[]) => void;

/** A `RelaySocket` that keeps what was sent. */
export class FakeRelaySocket implements RelaySocket {
  /** Every frame that the broker sent, in order. */
  readonly sent: Frame[] = [];
  /** How the broker closed it; null while it has not. */
  closedWith: { code: number; reason: string } | null = null;
  terminated = false;
  pings = 0;
  /** While true, what is sent does not get out: its callbacks wait for `release()`. */
  stalled = false;
  /** Set, sending throws. */
  broken = false;
  readonly #waiting: (() => void)[] = [];
  readonly #listeners = new Map<string, Listener[]>();

  send(data: Uint8Array, done: (fault?: Error | null) => void): void {
    if (this.broken) throw new Error("broken");
    // Copied: the relay uses its buffers again.
    this.sent.push(decodeFrame(data.slice()));
    if (this.stalled) this.#waiting.push(done);
    else queueMicrotask(done);
  }

  ping(): void {
    this.pings++;
  }

  close(code: number, reason: string): void {
    this.closedWith ??= { code, reason };
  }

  terminate(): void {
    this.terminated = true;
    this.emit("close");
  }

  on(event: string, listener: Listener): void {
    this.#listeners.set(event, [...this.#listeners.get(event) ?? [], listener]);
  }

  /** Fires an event. */
  emit(event: string, ...values: unknown[]): void {
    for (const listener of this.#listeners.get(event) ?? []) listener(...values as never[]);
  }

  /** The app sends a frame. */
  deliver(frame: Frame): void {
    this.deliverBytes(encodeFrame(frame));
  }

  /** The app sends a binary message. */
  deliverBytes(message: Uint8Array): void {
    this.emit("message", message, true);
  }

  /** Lets out what waits, and stalls no longer. */
  release(): void {
    this.stalled = false;
    for (const done of this.#waiting.splice(0)) done();
  }

  /** The frames sent so far for one stream, by type. */
  types(streamId: number): string[] {
    return this.sent.filter((frame) => frame.streamId === streamId).map(({ type }) => type);
  }

  /** The frames of one type sent so far. */
  framesOf<Type extends Frame["type"]>(type: Type): Extract<Frame, { type: Type }>[] {
    return this.sent.filter((frame): frame is Extract<Frame, { type: Type }> =>
      frame.type === type
    );
  }
}
