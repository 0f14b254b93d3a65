/** The life of a stream socket: opening, open, failed; what `opened`, `closed` and `close()` are made of (Direct Sockets). @module */
import type { OpenedFrame, OpenFrame } from "../schema/relay.ts";
import { openingFailure } from "./failure.ts";
import type { Gatehouse } from "./gatehouse.ts";
import type { RelayStream } from "./relay_stream.ts";
import { SocketStreams } from "./socket_streams.ts";

const longestAddress = 2048;

/**
 * One socket over one stream of the relay.
 *
 * @typeParam Info What `opened` resolves to.
 */
export class SocketLife<Info> {
  /** What `opened` returns. */
  readonly opened: Promise<Info>;
  /** What `closed` returns. */
  readonly closed: Promise<undefined>;
  readonly #opening = Promise.withResolvers<Info>();
  readonly #closing = Promise.withResolvers<undefined>();
  readonly #aborter = new AbortController();
  readonly #describe: (streams: SocketStreams, opened: OpenedFrame) => Info;
  #stream: RelayStream | null = null;
  #streams: SocketStreams | null = null;
  #state: "opening" | "open" | "failed" = "opening";

  /**
   * Starts to open a connection.
   *
   * @param signal Ends the socket when it aborts.
   * @param describe Makes what `opened` resolves to.
   */
  constructor(
    gatehouse: Gatehouse,
    frame: OpenFrame,
    signal: AbortSignal | undefined,
    describe: (streams: SocketStreams, opened: OpenedFrame) => Info,
  ) {
    this.#describe = describe;
    this.opened = this.#opening.promise;
    this.closed = this.#closing.promise;
    this.closed.catch(() => {}); // "Mark as handled": nobody has to look at `closed`.
    this.#follow(signal);
    this.#open(gatehouse, frame).catch((fault) => this.#fail(fault));
  }

  /**
   * Closes both directions; what was written already is still sent.
   *
   * @returns `closed`. Rejects with `InvalidStateError` while the socket is opening, when it never opened, and while one
   * of its streams is locked.
   */
  close(): Promise<undefined> {
    const streams = this.#streams;
    if (this.#state === "opening") return invalidState("Close called on a socket that is opening.");
    if (this.#state === "failed" || !streams) return invalidState("The socket never opened.");
    if (streams.over) return this.closed;
    try {
      streams.close();
    } catch (fault) {
      return Promise.reject(fault);
    }
    return this.closed;
  }

  /** Ends the socket at once, whatever its state and whoever holds its streams. */
  async dispose(): Promise<void> {
    if (this.#state === "opening") {
      this.opened.catch(() => {});
      this.#aborter.abort(new DOMException("The socket was disposed of.", "AbortError"));
    } else {
      this.#streams?.dispose();
    }
    await this.closed.catch(() => {});
  }

  async #open(gatehouse: Gatehouse, frame: OpenFrame): Promise<void> {
    const { signal } = this.#aborter;
    signal.throwIfAborted();
    signal.addEventListener("abort", () => this.#abort(signal.reason), { once: true });
    if (frame.remoteAddress === "" || frame.remoteAddress.length > longestAddress) {
      const message = "This is not an address that could be connected to.";
      throw openingFailure({ code: "invalid-target", phase: "policy", message });
    }
    const stream = await gatehouse.openStream(frame, {
      onWaiting: (requestId) => gatehouse.announceWaiting(requestId, frame),
      onOpened: (opened) => this.#succeed(opened, frame.credit),
      onData: (bytes) => this.#streams?.push(bytes),
      onFin: () => this.#streams?.endReading(),
      onClose: (error) => {
        if (this.#streams) return this.#streams.end(error);
        this.#fail(openingFailure(error ?? closedUnopened));
      },
    }, signal);
    this.#stream = stream;
    if (signal.aborted) stream.abort();
  }

  #succeed(opened: OpenedFrame, windowBytes: number): void {
    if (this.#state !== "opening" || !this.#stream) return;
    const streams = this.#streams = new SocketStreams(this.#stream, windowBytes);
    this.#state = "open";
    streams.closed.then(() => this.#closing.resolve(undefined), this.#closing.reject);
    this.#opening.resolve(this.#describe(streams, opened));
  }

  #fail(fault: unknown): void {
    if (this.#state !== "opening") return;
    this.#state = "failed";
    this.#opening.reject(fault);
    this.#closing.reject(fault);
  }

  #follow(signal: AbortSignal | undefined): void {
    if (!signal) return;
    const follow = () => this.#aborter.abort(signal.reason);
    if (signal.aborted) return follow();
    signal.addEventListener("abort", follow, { once: true });
    const release = () => signal.removeEventListener("abort", follow);
    this.closed.then(release, release);
  }

  #abort(reason: unknown): void {
    this.#stream?.abort();
    if (this.#streams) this.#streams.fail(reason);
    else this.#fail(reason);
  }
}

const closedUnopened = {
  code: "internal-error",
  phase: "connect",
  message: "The broker closed the socket before it was open.",
} as const;

function invalidState(message: string): Promise<never> {
  return Promise.reject(new DOMException(message, "InvalidStateError"));
}
