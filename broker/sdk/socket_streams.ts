/** The two streams of an open socket, and when it counts as closed (Direct Sockets, "closed"). @module */
import { maxDataBytes } from "../schema/relay_wire.ts";
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
  #readBytes = 0;
  #cancelled = false;
  #failed = false;
  #closing = false;
  /** Given away by `release()`. */
  #released = false;
  /** While true, the broker reads only as the reader here does: the connection may still be encrypted. */
  readonly #upgradable: boolean;
  #readPending = false;
  #receivedBytes = 0;

  /**
   * @param windowBytes The credit that the broker was given with OPEN.
   * @param upgradable Whether the connection is plain and may be encrypted; then the broker was given none.
   */
  constructor(stream: RelayStream, windowBytes: number, upgradable = false) {
    this.#stream = stream;
    this.#windowBytes = windowBytes;
    this.#upgradable = upgradable;
    this.closed = this.#settled.promise;
    this.closed.catch(() => {});
    this.#inbox = new ByteInbox({
      onWanted: (byteCount) => this.#askForRead(byteCount),
      onTaken: (byteCount) => this.#giveCredit(byteCount),
      onCancelled: () => {
        this.#cancelled = true;
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
    if (frame.type === "DATA") {
      this.#readPending = false;
      this.#receivedBytes += frame.bytes.length;
      this.#inbox.push(frame.bytes);
    } else if (frame.type === "FIN") this.#endReading();
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

  /** How many bytes came. */
  get receivedBytes(): number {
    return this.#receivedBytes;
  }

  /** How far the reader got, and whether the writer is done; null when nobody can come back to the connection. */
  get standing(): { readonly readBytes: number; readonly finished: boolean } | null {
    if (this.over || this.#cancelled) return null;
    return { readBytes: this.#readBytes, finished: this.#writeOver };
  }

  /** Closes the writable stream, as it was before the page came back. */
  finish(): void {
    this.writable.close().catch(() => {}); // What errors it errors `closed` too.
  }

  /** Whether bytes came that the reader has not taken. */
  get holdsBytes(): boolean {
    return this.#inbox.holdsBytes;
  }

  /**
   * Gives the connection away, to be encrypted: these streams are over, and `closed` resolves.
   *
   * @returns Resolves when the write that is under way is done.
   * @throws DOMException `InvalidStateError` when the connection can't be encrypted: it was not opened for that, one of its
   * directions is closed, or a read is pending.
   */
  release(): Promise<void> {
    const why = this.#whyNotReleased();
    if (why !== null) throw new DOMException(why, "InvalidStateError");
    this.#released = true;
    const written = this.#outbox.idle;
    this.#inbox.drop();
    this.#outbox.fail(
      new DOMException("The connection goes on encrypted, in another socket.", "InvalidStateError"),
    );
    this.#readOver = this.#writeOver = true;
    this.#settled.resolve();
    return written;
  }

  /** Ends both directions at once, locked or not; `closed` resolves. */
  dispose(): void {
    if (this.#released) return;
    this.#stream.abort();
    this.#settled.resolve();
    this.fail(new DOMException("Stream closed.", "AbortError"));
  }

  /** Whether both streams are over. */
  get over(): boolean {
    return this.#failed || (this.#readOver && this.#writeOver);
  }

  #whyNotReleased(): string | null {
    if (!this.#upgradable) return 'The socket was not made with secureTransport: "starttls".';
    if (this.#released) return "The connection was given to another socket already.";
    if (this.over || this.#readOver || this.#writeOver || this.#finReceived) {
      return "A connection that is closed, one way or both, can't be encrypted.";
    }
    return this.#readPending ? "A read is pending, so the connection can't be encrypted." : null;
  }

  #askForRead(byteCount: number): void {
    if (!this.#upgradable || this.#readPending || this.#finReceived) return;
    this.#readPending = true;
    this.#stream.giveCredit(Math.min(byteCount, maxDataBytes));
  }

  #endReading(): void {
    this.#finReceived = true;
    this.#inbox.end();
  }

  #giveCredit(takenBytes: number): void {
    this.#readBytes += takenBytes;
    if (this.#upgradable) return;
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
