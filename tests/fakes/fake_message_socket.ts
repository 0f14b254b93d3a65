/** The broker's end of a front end's WebSocket, played by a test that stands at the client's end. @module */
import type { TunnelSocket } from "../../broker/relay/tunnel_connection.ts";

type Listener = (...values: never[]) => void;

/** A `TunnelSocket` that keeps what was sent. */
export class FakeMessageSocket implements TunnelSocket {
  /** Every message that the broker sent, in order. */
  readonly sent: Uint8Array<ArrayBuffer>[] = [];
  /** How the broker closed it; null while it has not. */
  closedWith: { code: number; reason: string } | null = null;
  terminated = false;
  paused = false;
  pings = 0;
  /** While true, what is sent does not get out: its callbacks wait for `release()`. */
  stalled = false;
  readonly #waiting: (() => void)[] = [];
  readonly #listeners = new Map<string, Listener[]>();

  send(data: Uint8Array, done: (fault?: Error | null) => void): void {
    // Copied: buffers are used again.
    this.sent.push(Uint8Array.from(data));
    if (this.stalled) this.#waiting.push(done);
    else queueMicrotask(done);
  }

  ping(): void {
    this.pings++;
  }

  pause(): void {
    this.paused = true;
  }

  resume(): void {
    this.paused = false;
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

  /** Lets out what waits, and stalls no longer. */
  release(): void {
    this.stalled = false;
    for (const done of this.#waiting.splice(0)) done();
  }
}
