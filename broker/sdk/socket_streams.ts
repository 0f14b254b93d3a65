/** The two streams of an open socket, and when it counts as closed (Direct Sockets, "closed"). @module */
import type { SessionError } from "../schema/session.ts";
import { ByteInbox } from "./byte_inbox.ts";
import { ByteOutbox } from "./byte_outbox.ts";
import { type LocalFault, transferFailure } from "./failure.ts";
import type { RelayStream, SocketFrame } from "./relay_stream.ts";
import type { SocketEnds } from "./socket_life.ts";

/** Joins a stream of the relay to a readable and a writable stream. */
export class SocketStreams implements SocketEnds {
  /** Settles once both streams are over: rejects with the error of the first that failed, else resolves. */
  readonly closed: Promise<void>;
  readonly #stream: RelayStream;
  readonly #windowBytes: number;
  readonly #inbox: ByteInbox;
  readonly #outbox: ByteOutbox;
  readonly #settled = Promise.withResolvers<void>();
  #readOver = false;
  #writeOver = false;
  #finReceived = false;
  #takenBytes = 0;
  #failed = false;
  #closing = false;

  /** @param windowBytes The credit that the broker was given with OPEN. */
  constructor(stream: RelayStream, windowBytes: number) {
    this.#stream = stream;
    this.#windowBytes = windowBytes;
    this.closed = this.#settled.promise;
    this.closed.catch(() => {});
    this.#inbox = new ByteInbox({
      onTaken: (byteCount) => this.#giveCredit(byteCount),
      onCancelled: () => {
        if (!this.#closing) stream.stopReading();
        this.#readDone();
      },
      onDrained: () => this.#readDone(),
    });
    this.#outbox = new ByteOutbox({
      write: (bytes, signal) => stream.write(bytes, signal),
      finish: () => {
        stream.finish();
        this.#writeDone();
      },
    });
  }

  /** What the peer sends. */
  get readable(): ReadableStream<Uint8Array<ArrayBuffer>> {
    return this.#inbox.readable;
  }

  /** What goes to the peer. */
  get writable(): WritableStream<BufferSource> {
    return this.#outbox.writable;
  }

  /** Bytes came, or the peer's FIN. */
  receive(frame: SocketFrame): void {
    if (frame.type === "DATA") this.#inbox.push(frame.bytes);
    else if (frame.type === "FIN") this.#endReading();
  }

  /** The stream of the relay is over. What came is still read when both ends were done with it. */
  end(error: SessionError | LocalFault | null): void {
    if (error === null) this.#endReading();
    else this.fail(transferFailure(error));
  }

  /** Errors both streams at once. */
  fail(fault: unknown): void {
    this.#failed = true;
    if (!this.#readOver || !this.#writeOver) this.#settled.reject(fault);
    this.#inbox.fail(fault);
    this.#outbox.fail(fault);
  }

  /**
   * Closes both directions (Direct Sockets, `close()`): what was written already is still sent.
   *
   * @throws DOMException `InvalidStateError` when a stream is locked.
   */
  close(): void {
    if (this.readable.locked || this.writable.locked) {
      throw new DOMException("Close called on locked streams.", "InvalidStateError");
    }
    const reason = new DOMException("Stream closed.", "AbortError");
    this.#closing = true;
    // Either may be errored already, and then says so again; `closed` has told.
    this.readable.cancel(reason).catch(() => {});
    this.writable.abort(reason).catch(() => {});
    // One frame says both: a CLOSE that lets go, instead of STOP and FIN.
    this.#stream.leave();
  }

  /** Ends both directions at once, locked or not; `closed` resolves. */
  dispose(): void {
    this.#stream.abort();
    this.#settled.resolve();
    this.fail(new DOMException("Stream closed.", "AbortError"));
  }

  /** Whether both streams are over. */
  get over(): boolean {
    return this.#failed || (this.#readOver && this.#writeOver);
  }

  #endReading(): void {
    this.#finReceived = true;
    this.#inbox.end();
  }

  #giveCredit(takenBytes: number): void {
    this.#takenBytes += takenBytes;
    if (this.#finReceived || this.#takenBytes < this.#windowBytes / 4) return;
    this.#stream.giveCredit(this.#takenBytes);
    this.#takenBytes = 0;
  }

  #readDone(): void {
    this.#readOver = true;
    this.#settleWhenOver();
  }

  #writeDone(): void {
    this.#writeOver = true;
    this.#settleWhenOver();
  }

  #settleWhenOver(): void {
    if (this.#readOver && this.#writeOver) this.#settled.resolve();
  }
}
