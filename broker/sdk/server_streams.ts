/** The one stream of an open listener: the connections that it accepts, as sockets (Direct Sockets, `TCPServerSocket`). @module */
import type { SessionError } from "../schema/session.ts";
import { type LocalFault, transferFailure } from "./failure.ts";
import { OpenLife } from "./open_life.ts";
import type { AcceptedSocketFrame, RelayStream, SocketFrame } from "./relay_stream.ts";
import type { SocketEnds } from "./socket_life.ts";
import { defaultWindowBytes } from "./stream_open_frame.ts";
import { beginTcp, type TCPSocketOpenInfo } from "./tcp_open_info.ts";
import { acceptedTcpSocket, type TCPSocket } from "./tcp_socket.ts";

/** Accepts a connection whenever its reader asks for one: its high-water mark is 0, so nothing is accepted ahead. */
export class ServerStreams implements SocketEnds {
  /** The stream of sockets. */
  readonly readable: ReadableStream<TCPSocket>;
  /** Settles once the stream is over. */
  readonly closed: Promise<void>;
  readonly #stream: RelayStream;
  readonly #settled = Promise.withResolvers<void>();
  #controller!: ReadableStreamDefaultController<TCPSocket>;
  /** The last connection that came while no reader waited for it. */
  #kept: OpenLife<TCPSocketOpenInfo> | null = null;
  #over = false;

  constructor(stream: RelayStream) {
    this.#stream = stream;
    this.closed = this.#settled.promise;
    this.closed.catch(() => {});
    this.readable = new ReadableStream<TCPSocket>({
      start: (controller) => {
        this.#controller = controller;
      },
      pull: () => stream.giveCredit(1),
      cancel: () => {
        if (this.#over) return;
        this.#finish();
        stream.leave();
        this.#settled.resolve();
      },
    }, new CountQueuingStrategy({ highWaterMark: 0 }));
  }

  /** Whether nothing is accepted any more. */
  get over(): boolean {
    return this.#over;
  }

  /** A connection was accepted. */
  receive(frame: SocketFrame): void {
    if (frame.type !== "ACCEPTED") return;
    const life = this.#accept(frame);
    this.#controller.enqueue(acceptedTcpSocket(life));
    // Its reader let go after it had asked.
    if ((this.#controller.desiredSize ?? 0) < 0) this.#kept = life;
  }

  /** The broker has closed the listener. */
  end(error: SessionError | LocalFault | null): void {
    if (error !== null) return this.fail(transferFailure(error));
    if (this.#over) return;
    this.#over = true;
    this.#controller.close();
    this.#settled.resolve();
  }

  /** Errors the stream at once. */
  fail(fault: unknown): void {
    if (this.#over) return;
    this.#finish();
    this.#controller.error(fault);
    this.#settled.reject(fault);
  }

  /**
   * Stops listening (Direct Sockets, `close()`); what was accepted lives on.
   *
   * @throws DOMException `InvalidStateError` when the stream is locked.
   */
  close(): void {
    if (this.readable.locked) {
      throw new DOMException("Close called on locked streams.", "InvalidStateError");
    }
    this.readable.cancel(new DOMException("Stream closed.", "AbortError")).catch(() => {});
  }

  /** Stops listening at once, locked or not; `closed` resolves. */
  dispose(): void {
    this.#stream.abort();
    this.#settled.resolve();
    this.fail(new DOMException("Stream closed.", "AbortError"));
  }

  #accept(frame: AcceptedSocketFrame): OpenLife<TCPSocketOpenInfo> {
    const stream = this.#stream.accept(frame, {
      onWaiting() {},
      onOpened() {},
      onFrame: (socketFrame) => begun.ends.receive(socketFrame),
      onClose: (error) => begun.ends.end(error),
    });
    const begun = beginTcp(stream, frame.body, defaultWindowBytes);
    stream.giveCredit(defaultWindowBytes);
    return new OpenLife(begun);
  }

  /** A socket that nobody has taken out of the stream is nobody's, and is closed. */
  #finish(): void {
    this.#over = true;
    if (this.#kept && !this.#kept.looked) this.#kept.dispose();
  }
}
