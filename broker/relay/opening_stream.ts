/** A stream that waits for its socket: while the person is asked, the name looked up, the connection made. @module */
import { ConnectError } from "../actions/ports.ts";
import type { SocketEvents } from "../actions/socket_session.ts";
import type { SessionError } from "../schema/session.ts";
import { maxCreditBytes } from "../schema/relay_wire.ts";
import type { RelayHost, RelayStream, StreamFrame } from "./relay_stream.ts";

/** A stream that has its socket. */
export interface RunningStream extends RelayStream {
  /** Tells the app by OPENED, and starts moving bytes. Called once, at once, unless the session was cut meanwhile. */
  start(): void;
}

/** What one kind of socket does when it is opened. */
export interface Opener<Opened> {
  /** The app's first credit. */
  readonly credit: number;
  /** Opens the socket; rejects with `ConnectError`. */
  open(events: SocketEvents): Promise<Opened>;
  /** The app gave up while the socket was being opened. */
  abandon(opened: Opened): void;
  /** Makes the stream that runs; `credit` is all that the app has given so far. */
  run(opened: Opened, credit: number): RunningStream;
}

/** Takes its place in the relay at once, and gives it to the running stream once the socket is open. */
export class OpeningStream<Opened> implements RelayStream {
  readonly #streamId: number;
  readonly #host: RelayHost;
  readonly #opener: Opener<Opened>;
  readonly #aborter = new AbortController();
  #credit: number;
  #over = false;

  constructor(streamId: number, host: RelayHost, opener: Opener<Opened>) {
    this.#streamId = streamId;
    this.#host = host;
    this.#opener = opener;
    this.#credit = opener.credit;
    host.put(streamId, this);
    this.#open().catch((fault) => this.#fail(this.#toSessionError(fault)));
  }

  /** Only CREDIT may come before the socket is open. */
  receive(frame: StreamFrame): void {
    if (frame.type === "CREDIT") {
      this.#credit = Math.min(this.#credit + frame.addedBytes, maxCreditBytes);
      return;
    }
    this.end({
      code: "protocol-error",
      phase: "connect",
      message: `The app sent ${frame.type} before the connection was open.`,
    });
  }

  /** The app gives up; it is not answered. */
  closedByApp(): void {
    this.#over = true;
    this.#host.remove(this.#streamId);
    this.#aborter.abort();
  }

  /** Gives up. */
  end(error: SessionError | null): void {
    this.#fail(error);
    this.#aborter.abort();
  }

  async #open(): Promise<void> {
    const { sender } = this.#host;
    const streamId = this.#streamId;
    let cut: SessionError | null = null;
    let running: RunningStream | null = null;
    const opened = await this.#opener.open({
      signal: this.#aborter.signal,
      onWaiting: (requestId) => {
        if (!this.#over) sender.control({ type: "WAITING", streamId, body: { requestId } });
      },
      onCut: (error) => {
        cut = error;
        running?.end(error);
      },
    });
    if (this.#over) return this.#opener.abandon(opened);
    this.#over = true;
    running = this.#opener.run(opened, this.#credit);
    this.#host.put(streamId, running);
    if (cut) running.end(cut);
    else running.start();
  }

  #fail(error: SessionError | null): void {
    if (this.#over) return;
    this.#over = true;
    this.#host.remove(this.#streamId);
    this.#host.sender.control({ type: "CLOSE", streamId: this.#streamId, body: { error } });
  }

  #toSessionError(fault: unknown): SessionError {
    if (fault instanceof ConnectError) return fault.error;
    if (!this.#over) {
      this.#host.log.error("relay-open-fault", fault, { contextId: this.#host.contextId });
    }
    return {
      code: "internal-error",
      phase: "connect",
      message: "The broker failed to open this connection.",
    };
  }
}
