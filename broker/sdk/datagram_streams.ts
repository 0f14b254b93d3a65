/** The two streams of an open UDP socket, and when it counts as closed (Direct Sockets, "closed"). @module */
import { type DatagramPayload, maxDatagramBytes } from "../schema/datagram_wire.ts";
import type { SessionError } from "../schema/session.ts";
import { type LocalFault, transferFailure } from "./failure.ts";
import type { RelayStream, SocketFrame } from "./relay_stream.ts";
import type { SocketEnds } from "./socket_life.ts";
import { type ReceivedUDPMessage, toDatagram, toMessage, type UDPMessage } from "./udp_message.ts";

/** How many datagrams the readable stream holds (Direct Sockets), and how many more the broker may send meanwhile. */
export const datagramWindow = 32;

const maxHostBytes = 255;
const utf8Encoder = new TextEncoder();

/** Joins a stream of the relay to a readable and a writable stream of messages. */
export class DatagramStreams implements SocketEnds {
  /** What comes. */
  readonly readable: ReadableStream<ReceivedUDPMessage>;
  /** What goes out. */
  readonly writable: WritableStream<UDPMessage>;
  /** Settles once both streams are over: rejects with the error of the first that failed, else resolves. */
  readonly closed: Promise<void>;
  readonly #stream: RelayStream;
  readonly #isConnected: boolean;
  readonly #onFrame: (frame: SocketFrame) => void;
  readonly #onOver: () => void;
  readonly #settled = Promise.withResolvers<void>();
  readonly #waiting: DatagramPayload[] = [];
  #reading!: ReadableStreamDefaultController<ReceivedUDPMessage>;
  #writing!: WritableStreamDefaultController;
  #taken = 0;
  #readOver = false;
  #writeOver = false;
  #closing = false;

  /**
   * @param onFrame Takes what is no datagram.
   * @param onOver Called once, when the socket is over.
   */
  constructor(
    stream: RelayStream,
    isConnected: boolean,
    onFrame: (frame: SocketFrame) => void,
    onOver: () => void,
  ) {
    this.#stream = stream;
    this.#isConnected = isConnected;
    this.#onFrame = onFrame;
    this.#onOver = onOver;
    this.closed = this.#settled.promise;
    this.closed.catch(() => {});
    this.readable = new ReadableStream<ReceivedUDPMessage>({
      start: (controller) => {
        this.#reading = controller;
      },
      pull: () => this.#deliver(),
      cancel: () => {
        if (!this.#closing && !this.#writeOver) stream.stopReading();
        this.#endReading();
        this.#settleWhenOver();
      },
    }, new CountQueuingStrategy({ highWaterMark: datagramWindow }));
    const finish = () => {
      this.#writeOver = true;
      this.#settleWhenOver();
    };
    this.writable = new WritableStream<UDPMessage>({
      start: (controller) => {
        this.#writing = controller;
      },
      write: (message, controller) => this.#write(message, controller.signal),
      close: finish,
      abort: finish,
    }, new CountQueuingStrategy({ highWaterMark: 1 }));
  }

  /** Whether both streams are over. */
  get over(): boolean {
    return this.#readOver && this.#writeOver;
  }

  /** A frame came. */
  receive(frame: SocketFrame): void {
    if (frame.type !== "DATAGRAM") return this.#onFrame(frame);
    if (this.#readOver) return;
    this.#waiting.push(frame);
    this.#deliver();
  }

  /** The stream of the relay is over. */
  end(error: SessionError | LocalFault | null): void {
    this.fail(error ? transferFailure(error) : new DOMException("Stream closed.", "AbortError"));
  }

  /** Errors both streams at once. */
  fail(fault: unknown): void {
    if (this.over) return;
    this.#settled.reject(fault);
    if (!this.#readOver) this.#reading.error(fault);
    if (!this.#writeOver) this.#writing.error(fault);
    this.#endReading();
    this.#writeOver = true;
    this.#onOver();
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
    // Either may be over already, and then says so again; `closed` has told.
    this.readable.cancel(reason).catch(() => {});
    this.writable.abort(reason).catch(() => {});
    this.#stream.leave();
  }

  /** Ends both directions at once, locked or not; `closed` resolves. */
  dispose(): void {
    this.#stream.abort();
    this.#settled.resolve();
    this.fail(new DOMException("Stream closed.", "AbortError"));
  }

  async #write(message: unknown, signal: AbortSignal): Promise<void> {
    const datagram = toDatagram(message, this.#isConnected);
    if (datagram.bytes.length > maxDatagramBytes) throw this.#breakOff(tooLong);
    if (
      utf8Encoder.encode(datagram.host).length > maxHostBytes ||
      datagram.host === "" && !this.#isConnected
    ) {
      throw this.#breakOff(noHost);
    }
    await this.#stream.sendDatagram(datagram, signal);
  }

  /** A message that can't be sent ends the socket (Direct Sockets, "Stream aborted"). */
  #breakOff(cause: SessionError): DOMException {
    const fault = transferFailure(cause);
    this.#stream.abort();
    // The write rejects with it by itself, which errors the writable stream.
    this.#settled.reject(fault);
    if (!this.#readOver) this.#reading.error(fault);
    this.#endReading();
    this.#writeOver = true;
    this.#onOver();
    return fault;
  }

  /** Moves what waits into the stream as far as it takes it; what moved is credit for the broker. */
  #deliver(): void {
    while (!this.#readOver && (this.#reading.desiredSize ?? 0) > 0) {
      const datagram = this.#waiting.shift();
      if (datagram === undefined) return;
      this.#reading.enqueue(toMessage(datagram));
      if (++this.#taken < datagramWindow / 4) continue;
      this.#stream.giveCredit(this.#taken);
      this.#taken = 0;
    }
  }

  #endReading(): void {
    this.#readOver = true;
    this.#waiting.length = 0;
  }

  #settleWhenOver(): void {
    if (!this.over) return;
    this.#settled.resolve();
    this.#stream.leave();
    this.#onOver();
  }
}

const tooLong: SessionError = {
  code: "message-too-big",
  phase: "transfer",
  message: `A datagram has at most ${maxDatagramBytes} bytes.`,
};

const noHost: SessionError = {
  code: "invalid-target",
  phase: "transfer",
  message: "This is not an address that could be sent to.",
};
